import { readFileSync } from 'node:fs';
import { AlderError } from '../shared/errors';
import { ADMIN_TOKEN_VARIABLE } from '../shared/settings/settings';

/** Visible ASCII, as a header carries it; shorter ones can be guessed. */
const TOKEN = /^[\x21-\x7e]{16,512}$/;

/**
 * The token that admin routes ask for, from the file or the environment; null where neither names one. Throws
 * `setting-invalid` for a file that cannot be read, a token of another form, or both at once.
 */
export function readAdminToken(
  adminTokenFile: string,
  environment: Readonly<Record<string, string | undefined>>,
): string | null {
  const given = environment[ADMIN_TOKEN_VARIABLE] ?? '';
  if (adminTokenFile === '' && given === '') return null;
  if (adminTokenFile !== '' && given !== '')
    throw new AlderError('setting-invalid', `adminTokenFile and ${ADMIN_TOKEN_VARIABLE}: name one of them`);
  const from = adminTokenFile === '' ? ADMIN_TOKEN_VARIABLE : 'adminTokenFile';
  const token = adminTokenFile === '' ? given : readToken(adminTokenFile);
  if (TOKEN.test(token)) return token;
  throw new AlderError('setting-invalid', `${from}: is not a token`, {
    hint: 'allowed: 16 to 512 visible ASCII characters, for example of "openssl rand -hex 32"',
  });
}

function readToken(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new AlderError('setting-invalid', 'adminTokenFile: the file cannot be read', { cause });
  }
}

import { AlderError } from '../../errors';

/** A Redis URL in parts, so that no message prints the password by accident. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  readonly tls: boolean;
  /** The URL without user and password, for messages. */
  readonly shown: string;
}

const HINT = 'write redis://[user:password@]host[:port][/database], or rediss:// for TLS';

/**
 * Reads a redis:// or rediss:// URL. Throws `setting-invalid`, without the text of the URL, which may hold a password.
 * A query is refused, because the client library would read its own options from it.
 */
export function parseRedisUrl(text: string): RedisAddress {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'redis:' && url.protocol !== 'rediss:') || url.hostname === '') {
    throw new AlderError('setting-invalid', 'REDIS_URL: is not a redis:// or rediss:// URL', { hint: HINT });
  }
  const database = url.pathname.replace(/^\//, '') || '0';
  if (!/^\d{1,5}$/.test(database) || url.search !== '' || url.hash !== '') {
    throw new AlderError('setting-invalid', 'REDIS_URL: only a database number may follow the host', {
      hint: HINT,
    });
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? 6_379 : Number(url.port);
  return {
    host,
    port,
    username: decoded(url.username),
    password: decoded(url.password),
    database: Number(database),
    tls: url.protocol === 'rediss:',
    shown: `${url.protocol}//${url.hostname}:${port}/${database}`,
  };
}

function decoded(part: string): string | undefined {
  if (part === '') return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    throw new AlderError('setting-invalid', 'REDIS_URL: user or password is not percent-encoded', {
      hint: HINT,
    });
  }
}

import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { AlderError } from '../shared/errors';
import type { Log } from '../shared/runtime/log';
import {
  ADMIN_TOKEN_VARIABLE,
  describeSetting,
  flagOf,
  resolveSettings,
  type SettingName,
  type Settings,
  unknownVariables,
} from '../shared/settings/settings';

/** The settings that a command takes as flags. All other settings come from the environment alone. */
export const SETTING_GROUPS = {
  backend: [
    'dataDir',
    'kafkaBrokers',
    'redisUrl',
    'model',
    'topic',
    'partitions',
    'schema',
    'kafkaSsl',
    'kafkaSslCaFile',
    'kafkaSaslMechanism',
    'kafkaSaslUsername',
    'kafkaSaslPasswordFile',
    'allowEviction',
    'log',
  ],
  training: [
    'startAt',
    'engine',
    'windowRows',
    'batchRows',
    'batchRowsMax',
    'batchWaitMs',
    'leaseMs',
    'holdoutShare',
    'maxDepth',
    'minLeafRows',
    'fitThreads',
    'promotion',
    'keepVersions',
    'keepVersionsMs',
    'skipBreaker',
    'acceptRegistry',
  ],
  serving: ['requestRowsMax', 'requestBytesMax', 'connectionsMax', 'shadow', 'adminTokenFile'],
} as const satisfies Record<string, readonly SettingName[]>;

/** Settings that answer an alarm for one start. As flags they take no value and mean true. */
const SWITCHES: readonly SettingName[] = ['skipBreaker', 'acceptRegistry'];

/** Adds the flags of settings to a command; `resolveSettings` checks their values. */
export function withSettings(command: Command, names: readonly SettingName[]): Command {
  for (const name of names) {
    const flag = SWITCHES.includes(name) ? flagOf(name) : `${flagOf(name)} <value>`;
    command.option(flag, describeSetting(name));
  }
  return command;
}

/** The settings of a call: flags before environment before defaults. Throws as `resolveSettings` does. */
export function settingsOf(
  options: Readonly<Record<string, unknown>>,
  overrides: Partial<Record<SettingName, unknown>> = {},
): Settings {
  const flags = Object.entries({ ...overrides, ...options }).map(([name, value]) => [
    name,
    value === true ? 'true' : value,
  ]);
  return resolveSettings(Object.fromEntries(flags), process.env);
}

/** Visible ASCII, as an HTTP header carries it; a shorter token could be guessed. */
const TOKEN = /^[\x21-\x7e]{16,512}$/;

/**
 * The token of the admin routes, from the file or the environment; null where neither is set. Throws `setting-invalid`
 * for a file that cannot be read, a token of another form, or a file and a variable together.
 */
export function readAdminToken(
  adminTokenFile: string,
  environment: Readonly<Record<string, string | undefined>>,
): string | null {
  const given = environment[ADMIN_TOKEN_VARIABLE] ?? '';
  if (adminTokenFile === '' && given === '') return null;
  if (adminTokenFile !== '' && given !== '')
    throw new AlderError(
      'setting-invalid',
      `adminTokenFile and ${ADMIN_TOKEN_VARIABLE} are both set: set one of them`,
    );
  const from = adminTokenFile === '' ? ADMIN_TOKEN_VARIABLE : 'adminTokenFile';
  const token = adminTokenFile === '' ? given : readToken(adminTokenFile);
  if (TOKEN.test(token)) return token;
  throw new AlderError('setting-invalid', `${from}: is not a token`, {
    hint: 'allowed: 16 to 512 visible ASCII characters, for example from "openssl rand -hex 32"',
    fields: { setting: from },
  });
}

function readToken(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new AlderError('setting-invalid', 'adminTokenFile: the file cannot be read', {
      cause,
      fields: { setting: 'adminTokenFile', file: path },
    });
  }
}

/** Warns of each variable with our prefix that is no setting: it is probably misspelt. */
export function warnUnknownVariables(log: Log): void {
  for (const variable of unknownVariables(process.env)) {
    log.warn('unknown-variable', `${variable} is not a setting of Alder ("alder config" lists them)`);
  }
}

/** Parses the number of an option; commander names the option when it throws. */
export function numberOption(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number)) throw new InvalidArgumentError('not a number');
  return number;
}

/** Parses the seed of an option; commander names the option when it throws. */
export function seedOption(text: string): number {
  const seed = numberOption(text);
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff) {
    throw new InvalidArgumentError('a seed is a whole number from 0 to 4294967295');
  }
  return seed;
}

/** A whole number from 1 to `max`. Throws `usage`. */
export function countOf(option: string, text: unknown, max: number): number {
  const count = /^[1-9]\d{0,8}$/.test(String(text)) ? Number(text) : 0;
  if (count >= 1 && count <= max) return count;
  throw new AlderError('usage', `${option} takes a whole number from 1 to ${max}`, {
    fields: { option, max },
  });
}

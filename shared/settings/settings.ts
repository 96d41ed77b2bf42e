import { z } from 'zod';
import { AlderError } from '../errors';
import { BROKER_LIST, maskedUrl } from './addresses';
import { SETTINGS_SHAPE } from './settings-shape';

const schema = z.strictObject(SETTINGS_SHAPE);

/** All settings of a process, checked once and frozen. */
export type Settings = Readonly<z.infer<typeof schema>>;
export type SettingName = keyof typeof SETTINGS_SHAPE;

export const SETTING_NAMES = Object.keys(SETTINGS_SHAPE) as SettingName[];

/** The admin token itself. It is no setting, since every user of the machine can read the flags of a process. */
export const ADMIN_TOKEN_VARIABLE = 'ALDER_ADMIN_TOKEN';

const UNPREFIXED: Partial<Record<SettingName, string>> = {
  port: 'PORT',
  kafkaBrokers: 'KAFKA_BROKERS',
  redisUrl: 'REDIS_URL',
};

/** `windowRows` → `--window-rows`. */
export function flagOf(name: SettingName): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `windowRows` → `ALDER_WINDOW_ROWS`; PORT, KAFKA_BROKERS and REDIS_URL have no prefix. */
export function variableOf(name: SettingName): string {
  return UNPREFIXED[name] ?? `ALDER_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

export function describeSetting(name: SettingName): string {
  return SETTINGS_SHAPE[name].description ?? '';
}

/** The value for a screen or a log: the login inside a URL is masked. */
export function shownSetting(settings: Settings, name: SettingName): Settings[SettingName] {
  return name === 'redisUrl' ? maskedUrl(settings[name]) : settings[name];
}

/** The allowed values of a setting in words: `a whole number from 1 to 65535`, `exact or ml-cart`. */
export function allowedFor(name: SettingName): string {
  if (name === 'kafkaBrokers') return BROKER_LIST;
  const {
    type,
    minimum,
    maximum,
    enum: choices,
    pattern,
  } = z.toJSONSchema(SETTINGS_SHAPE[name], { io: 'output' });
  if (choices !== undefined)
    return choices.map((choice) => (choice === '' ? 'nothing' : String(choice))).join(' or ');
  if (type === 'boolean') return 'true or false';
  if (type === 'integer') return `a whole number from ${minimum} to ${maximum}`;
  if (type === 'number') return `a number from ${minimum} to ${maximum}`;
  return pattern === undefined ? 'text' : `text that matches ${pattern}`;
}

/**
 * The settings of a call: a flag outranks an environment variable, which outranks the default. Throws `setting-invalid`
 * with the spelling, the fault and the allowed values; `settings-incomplete` when only half of a backend is set.
 */
export function resolveSettings(
  flags: Partial<Record<SettingName, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
): Settings {
  const given: Record<string, unknown> = {};
  const spelling: Record<string, string> = {};
  for (const name of SETTING_NAMES) {
    const variable = environment[variableOf(name)];
    if (flags[name] !== undefined) {
      given[name] = flags[name];
      spelling[name] = flagOf(name);
    } else if (variable !== undefined && variable !== '') {
      given[name] = variable;
      spelling[name] = variableOf(name);
    }
  }
  const checked = schema.safeParse(given);
  if (!checked.success) {
    const issue = checked.error.issues[0]!;
    const name = issue.path[0] as SettingName;
    throw new AlderError('setting-invalid', `${spelling[name] ?? name}: ${issue.message}`, {
      hint: `allowed: ${allowedFor(name)}`,
      fields: { setting: name },
    });
  }
  const settings = { ...checked.data };
  if ((settings.kafkaBrokers === '') !== (settings.redisUrl === '')) {
    const [set, missing] =
      settings.redisUrl === '' ? ['KAFKA_BROKERS', 'REDIS_URL'] : ['REDIS_URL', 'KAFKA_BROKERS'];
    throw new AlderError('settings-incomplete', `${set} is set but ${missing} is not: the two go together`, {
      hint: `set ${missing} as well, or neither for the embedded log and registry`,
      fields: { setting: missing },
    });
  }
  if (settings.batchRowsMax === 0) settings.batchRowsMax = settings.batchRows * 10;
  if (settings.batchRowsMax < settings.batchRows) {
    throw new AlderError('setting-invalid', 'batchRowsMax is below batchRows', {
      fields: { setting: 'batchRowsMax' },
    });
  }
  return Object.freeze(settings);
}

/** Variables with our prefix that name no setting. They are probably misspelt, so the start warns of them. */
export function unknownVariables(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set([...SETTING_NAMES.map(variableOf), ADMIN_TOKEN_VARIABLE]);
  return Object.keys(environment).filter((variable) => variable.startsWith('ALDER_') && !known.has(variable));
}

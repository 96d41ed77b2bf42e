import { z } from 'zod';
import { ENGINE_NAMES } from '../engine/engine';
import { AlderError } from '../errors';
import { isBrokerList, maskedUrl } from './addresses';

/**
 * Every setting, its bounds, its default and what it means: one schema for three spellings
 * (`windowRows`, `--window-rows`, `ALDER_WINDOW_ROWS`), checked once and frozen.
 */
const count = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const slug = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'must match ^[a-z0-9][a-z0-9_-]{0,63}$');
const BROKER_LIST = 'host:port, several joined by commas';
const topicName = z.string().regex(/^[a-zA-Z0-9._-]{1,200}$/, 'must be 1 to 200 of a-z A-Z 0-9 . _ -');

const shape = {
  host: z.string().min(1).default('127.0.0.1').describe('address to listen on'),
  port: count(0, 65_535).default(5_000).describe('HTTP port of serving; spelled PORT'),
  trainerPort: count(0, 65_535).default(5_001).describe("HTTP port of the trainer's health and metrics"),
  producerPort: count(0, 65_535).default(5_002).describe("HTTP port of the producer's health and metrics"),
  dataDir: z.string().min(1).default('.alder').describe('folder of the embedded log and registry'),
  kafkaBrokers: z
    .string()
    .refine(isBrokerList, `must be ${BROKER_LIST}`)
    .default('')
    .describe('host:port,… of Kafka; spelled KAFKA_BROKERS; with redisUrl'),
  redisUrl: z
    .string()
    .default('')
    .describe('redis://… of the registry; spelled REDIS_URL; with kafkaBrokers'),
  kafkaSsl: z.stringbool().default(false).describe('speak TLS to Kafka'),
  kafkaSslCaFile: z
    .string()
    .default('')
    .describe("PEM file of the authority that signed the brokers' certificates"),
  kafkaSaslMechanism: z
    .enum(['', 'plain', 'scram-sha-256', 'scram-sha-512'])
    .default('')
    .describe('how to log in to Kafka'),
  kafkaSaslUsername: z.string().default('').describe('user for kafkaSaslMechanism'),
  kafkaSaslPasswordFile: z
    .string()
    .default('')
    .describe('file that holds the password for kafkaSaslUsername'),
  allowEviction: z
    .stringbool()
    .default(false)
    .describe('start on a Redis whose maxmemory-policy may evict versions'),
  model: slug.default('decisiontree').describe('name of the model'),
  topic: topicName.default('alder-rows').describe('topic of the rows; rejected ones go to <topic>.rejected'),
  partitions: count(1, 1_024).default(1).describe('partitions of a topic that has to be made'),
  schema: z.string().min(1).default('data/iris.schema.json').describe('schema file of the rows'),
  startAt: z
    .enum(['earliest', 'latest'])
    .default('earliest')
    .describe('where the first version begins to read'),
  engine: z.enum(ENGINE_NAMES).default('exact').describe('what fits the tree'),
  windowRows: count(1, 10_000_000)
    .default(2_000)
    .describe('accepted rows that a version is fitted and judged on'),
  batchRows: count(1, 1_000_000).default(10).describe('new accepted rows that make a refit due'),
  batchRowsMax: count(0, 10_000_000)
    .default(0)
    .describe('most rows of one mini-batch; 0: ten times batchRows'),
  batchWaitMs: count(1, 3_600_000)
    .default(1_000)
    .describe('a refit is due this long after the first new row'),
  leaseMs: count(500, 600_000).default(5_000).describe('silence after which another trainer takes over'),
  holdoutShare: z.coerce
    .number()
    .min(0)
    .max(0.9)
    .default(0.2)
    .describe('share of rows that are never fitted on'),
  maxDepth: count(0, 1_024).default(64).describe('most edges from the root to a leaf'),
  minLeafRows: count(1, 1_000_000).default(1).describe('fewest rows of a leaf'),
  fitThreads: count(1, 16).default(2).describe('threads that share the fit of a large window'),
  promotion: z
    .enum(['gated', 'immediate', 'manual'])
    .default('gated')
    .describe('when a new version becomes the champion'),
  keepVersions: count(1, 100_000)
    .default(100)
    .describe('newest versions to keep; live and aliased ones always stay'),
  keepVersionsMs: count(0, Number.MAX_SAFE_INTEGER)
    .default(0)
    .describe('age above which versions go, with the next publish; 0: any age stays'),
  skipBreaker: z
    .stringbool()
    .default(false)
    .describe('read on through partitions of which most rows are bad, rejecting each bad row'),
  acceptRegistry: z
    .stringbool()
    .default(false)
    .describe('go on although the registry was emptied or is older than the log remembers'),
  requestRowsMax: count(1, 100_000).default(1_000).describe('most rows of one prediction request'),
  requestBytesMax: count(64, 64 * 1_048_576)
    .default(1_048_576)
    .describe('most bytes of a request body'),
  shadow: z
    .string()
    .regex(/^([a-z0-9][a-z0-9_-]{0,63})?$/, 'must match ^[a-z0-9][a-z0-9_-]{0,63}$')
    .default('')
    .describe('alias that predicts beside every prediction, to be compared; nothing for none'),
  adminTokenFile: z
    .string()
    .default('')
    .describe('file that holds the token of the admin routes; or ALDER_ADMIN_TOKEN'),
  connectionsMax: count(1, 100_000).default(4_096).describe('most open HTTP connections'),
  workers: count(1, 256)
    .default(1)
    .describe('processes that serve the port together, each with its own connectionsMax'),
  log: z.enum(['text', 'json']).default('text').describe('how log lines look'),
};

/** The admin token itself; a secret has no flag, which every user of the machine could read, so it is no setting. */
export const ADMIN_TOKEN_VARIABLE = 'ALDER_ADMIN_TOKEN';

const settingsShape = z.strictObject(shape);
export type Settings = Readonly<z.infer<typeof settingsShape>>;
export type SettingName = keyof typeof shape;

export const SETTING_NAMES = Object.keys(shape) as SettingName[];

const UNPREFIXED: Partial<Record<SettingName, string>> = {
  port: 'PORT',
  kafkaBrokers: 'KAFKA_BROKERS',
  redisUrl: 'REDIS_URL',
};

/** `windowRows` → `--window-rows`. */
export function flagOf(name: SettingName): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `windowRows` → `ALDER_WINDOW_ROWS`; PORT, KAFKA_BROKERS and REDIS_URL stand without a prefix. */
export function variableOf(name: SettingName): string {
  return UNPREFIXED[name] ?? `ALDER_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

export function describeSetting(name: SettingName): string {
  return shape[name].description ?? '';
}

/** The value as a screen or a log may show it: the login inside of a URL is masked. */
export function shownSetting(settings: Settings, name: SettingName): Settings[SettingName] {
  return name === 'redisUrl' ? maskedUrl(settings[name]) : settings[name];
}

/** What a setting may be, in words: `a whole number from 1 to 65535`, `exact or ml-cart`. */
export function allowedFor(name: SettingName): string {
  if (name === 'kafkaBrokers') return BROKER_LIST;
  const { type, minimum, maximum, enum: choices, pattern } = z.toJSONSchema(shape[name], { io: 'output' });
  if (choices !== undefined)
    return choices.map((choice) => (choice === '' ? 'nothing' : String(choice))).join(' or ');
  if (type === 'boolean') return 'true or false';
  if (type === 'integer') return `a whole number from ${minimum} to ${maximum}`;
  if (type === 'number') return `a number from ${minimum} to ${maximum}`;
  return pattern === undefined ? 'text' : `text that matches ${pattern}`;
}

/**
 * Flags go before environment variables before defaults. Throws `setting-invalid` with the spelling that was used,
 * what is wrong with it and what is allowed; `settings-incomplete` when half of a backend is named.
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
  const checked = settingsShape.safeParse(given);
  if (!checked.success) {
    const issue = checked.error.issues[0]!;
    const name = issue.path[0] as SettingName;
    throw new AlderError('setting-invalid', `${spelling[name] ?? name}: ${issue.message}`, {
      hint: `allowed: ${allowedFor(name)}`,
    });
  }
  const settings = { ...checked.data };
  if ((settings.kafkaBrokers === '') !== (settings.redisUrl === '')) {
    const [set, missing] =
      settings.redisUrl === '' ? ['KAFKA_BROKERS', 'REDIS_URL'] : ['REDIS_URL', 'KAFKA_BROKERS'];
    throw new AlderError('settings-incomplete', `${set} is set but ${missing} is not: the two go together`, {
      hint: `set ${missing} as well, or neither for the embedded log and registry`,
    });
  }
  if (settings.batchRowsMax === 0) settings.batchRowsMax = settings.batchRows * 10;
  if (settings.batchRowsMax < settings.batchRows) {
    throw new AlderError('setting-invalid', 'batchRowsMax is below batchRows');
  }
  return Object.freeze(settings);
}

/** Variables with our prefix that no setting knows: most likely misspelt, so the start warns of them. */
export function unknownVariables(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set([...SETTING_NAMES.map(variableOf), ADMIN_TOKEN_VARIABLE]);
  return Object.keys(environment).filter((variable) => variable.startsWith('ALDER_') && !known.has(variable));
}

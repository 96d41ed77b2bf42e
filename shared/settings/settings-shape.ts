import { z } from 'zod';
import { ENGINE_NAMES } from '../engine/engine';
import { BROKER_LIST, isBrokerList } from './addresses';

const count = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const slug = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'must match ^[a-z0-9][a-z0-9_-]{0,63}$');
const topicName = z.string().regex(/^[a-zA-Z0-9._-]{1,200}$/, 'must be 1 to 200 of a-z A-Z 0-9 . _ -');

/** Every setting with its bounds, its default and its meaning. */
export const SETTINGS_SHAPE = {
  host: z.string().min(1).default('127.0.0.1').describe('address to listen on'),
  port: count(0, 65_535).default(5_000).describe('HTTP port of serving; spelled PORT'),
  trainerPort: count(0, 65_535).default(5_001).describe("HTTP port of the trainer's health and metrics"),
  producerPort: count(0, 65_535).default(5_002).describe("HTTP port of the producer's health and metrics"),
  dataDir: z.string().min(1).default('.alder').describe('folder of the embedded log and registry'),
  kafkaBrokers: z
    .string()
    .refine(isBrokerList, `must be ${BROKER_LIST}`)
    .default('')
    .describe('host:port,… of Kafka; spelled KAFKA_BROKERS; set together with redisUrl'),
  redisUrl: z
    .string()
    .default('')
    .describe('redis://… of the registry; spelled REDIS_URL; set together with kafkaBrokers'),
  kafkaSsl: z.stringbool().default(false).describe('connect to Kafka with TLS'),
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
  topic: topicName.default('alder-rows').describe('topic of the rows; rejected rows go to <topic>.rejected'),
  partitions: count(1, 1_024).default(1).describe('partitions of a topic that is created'),
  schema: z.string().min(1).default('data/iris.schema.json').describe('schema file of the rows'),
  startAt: z
    .enum(['earliest', 'latest'])
    .default('earliest')
    .describe('where the first version begins to read'),
  engine: z.enum(ENGINE_NAMES).default('exact').describe('engine that fits the tree'),
  windowRows: count(1, 10_000_000)
    .default(2_000)
    .describe('accepted rows that a version is fitted and evaluated on'),
  batchRows: count(1, 1_000_000).default(10).describe('new accepted rows that make a refit due'),
  batchRowsMax: count(0, 10_000_000)
    .default(0)
    .describe('most rows of one mini-batch; 0: ten times batchRows'),
  batchWaitMs: count(1, 3_600_000)
    .default(1_000)
    .describe('milliseconds after the first new row at which a refit is due'),
  leaseMs: count(500, 600_000)
    .default(5_000)
    .describe('milliseconds without a heartbeat after which another trainer takes over'),
  holdoutShare: z.coerce
    .number()
    .min(0)
    .max(0.9)
    .default(0.2)
    .describe('share of holdout rows, which are never fitted on'),
  maxDepth: count(0, 1_024).default(64).describe('most edges from the root to a leaf'),
  minLeafRows: count(1, 1_000_000).default(1).describe('fewest rows of a leaf'),
  fitThreads: count(1, 16).default(2).describe('threads that share the fit of a large window'),
  promotion: z
    .enum(['gated', 'immediate', 'manual'])
    .default('gated')
    .describe('when a new version becomes the champion'),
  keepVersions: count(1, 100_000)
    .default(100)
    .describe('newest versions to keep; the champion and versions with an alias always stay'),
  keepVersionsMs: count(0, Number.MAX_SAFE_INTEGER)
    .default(0)
    .describe('milliseconds after which the next publish deletes a version; 0: never'),
  skipBreaker: z
    .stringbool()
    .default(false)
    .describe('read partitions with mostly bad rows as well, and reject each bad row'),
  acceptRegistry: z
    .stringbool()
    .default(false)
    .describe('start although the registry was emptied or is older than the log remembers'),
  requestRowsMax: count(1, 100_000).default(1_000).describe('most rows of one prediction request'),
  requestBytesMax: count(64, 64 * 1_048_576)
    .default(1_048_576)
    .describe('most bytes of a request body'),
  shadow: z
    .string()
    .regex(/^([a-z0-9][a-z0-9_-]{0,63})?$/, 'must match ^[a-z0-9][a-z0-9_-]{0,63}$')
    .default('')
    .describe('alias of a version that predicts every request as well, for comparison; empty: none'),
  adminTokenFile: z
    .string()
    .default('')
    .describe('file that holds the token of the admin routes; or ALDER_ADMIN_TOKEN'),
  connectionsMax: count(1, 100_000).default(4_096).describe('most open HTTP connections'),
  workers: count(1, 256)
    .default(1)
    .describe('processes that serve the port together, each with its own connectionsMax'),
  log: z.enum(['text', 'json']).default('text').describe('form of log lines'),
};

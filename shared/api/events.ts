import { z } from 'zod';
import { count, digest, lineage, rowCounts, versionNumber } from './fields';
import { aliasValue, journalEntry } from './models';
import { trainerReport } from './trainer-report';

/*
 * `GET /events` sends server-sent events of three names. The `id` of a `versions` event is its newest version: a client
 * that reconnects with this id as `Last-Event-ID` gets only later versions.
 */

/** The newest stored versions that a new client gets. */
export const FIRST_VERSIONS_MAX = 200;
/** The newest journal entries in each `journal` event. */
export const EVENT_JOURNAL_ENTRIES_MAX = 50;

/** `pipeline`, every second: the state of each part of the pipeline. */
export const pipelineEvent = z.strictObject({
  model: z.string(),
  /** RFC 3339, by the server's clock. */
  at: z.string(),
  /** The message of the root answer. */
  message: z.string(),
  registry: z.strictObject({ isReachable: z.boolean(), stalenessMs: count }),
  trainer: z.strictObject({
    /** `silent`: the lease's owner has sent no heartbeat within `leaseMs`; `none`: the lease has no owner. */
    state: z.enum(['active', 'silent', 'none']),
    silentMs: count,
    /** The last report, also after the trainer has gone. */
    report: trainerReport.nullable(),
  }),
  serving: z.strictObject({
    /** The processes that share the port and sent their figures. */
    processes: count,
    /** Prediction requests a second to all processes, over the last 10 s; null in the first second. */
    requestsPerSecond: z.number().min(0).nullable(),
    /** The 99th percentile of the time in the server over the last 10 s, milliseconds; null without a request. */
    p99Ms: z.number().min(0).nullable(),
    /** Prediction requests since the start of the processes. */
    requests: count,
    /** The number of pages that are connected to this process. */
    pages: count,
  }),
  latest: versionNumber.nullable(),
  previousChampion: versionNumber.nullable(),
  aliases: z.record(z.string(), aliasValue),
});
export type PipelineEvent = z.infer<typeof pipelineEvent>;

const hits = z.strictObject({ rows: count, hits: count });

/** A version on the page; every field comes from its record. */
export const versionSummary = z.strictObject({
  version: versionNumber,
  /** RFC 3339. */
  createdAt: z.string(),
  newestRowAt: z.string().nullable(),
  promoted: z.boolean(),
  reason: z.string(),
  /** The champion that the version was compared with. */
  champion: versionNumber.nullable(),
  isImported: z.boolean(),
  rows: rowCounts,
  /** The previous version's hits on the mini-batch, and the running sums of prequential accuracy. */
  batch: hits.nullable(),
  prequential: hits,
  /** Hits of the candidate and of the champion on the holdout. */
  holdout: z.strictObject({ rows: count, candidate: count, champion: count.nullable() }),
  tree: z.strictObject({ digest, leaves: count, depth: count }),
  recordDigest: digest,
  lineage,
});
export type VersionSummary = z.infer<typeof versionSummary>;

/** `versions`, on connection and for every new version: ascending by number. */
export const versionsEvent = z.strictObject({ versions: z.array(versionSummary).max(FIRST_VERSIONS_MAX) });
export type VersionsEvent = z.infer<typeof versionsEvent>;

/** `journal`, on connection and after every move of an alias: the newest entries, newest first. */
export const journalEvent = z.strictObject({ entries: z.array(journalEntry).max(EVENT_JOURNAL_ENTRIES_MAX) });
export type JournalEvent = z.infer<typeof journalEvent>;

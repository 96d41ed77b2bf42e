import { z } from 'zod';
import { trainerReport } from './trainer-report';
import { aliasValue, journalEntry } from './version-answers';

/**
 * What `GET /events` sends, as server-sent events of three names. `versions` events carry an `id`, the newest version
 * that they name: a client that comes back with it as `Last-Event-ID` gets the versions after it alone.
 */
const versionNumber = z.number().int().min(1);
const count = z.number().int().min(0);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const offset = z.string().regex(/^(0|[1-9][0-9]*)$/);

/** Stored versions that a client gets when it comes for the first time, the newest ones. */
export const FIRST_VERSIONS_MAX = 200;
/** Newest journal entries in each `journal` event. */
export const EVENT_JOURNAL_ENTRIES_MAX = 50;

/** `pipeline`, every second: how each part of the pipeline is doing. */
export const pipelineEvent = z.strictObject({
  model: z.string(),
  /** RFC 3339, by the server's clock. */
  at: z.string(),
  /** The encouraging message of the root page. */
  message: z.string(),
  registry: z.strictObject({ isReachable: z.boolean(), stalenessMs: count }),
  trainer: z.strictObject({
    /** `silent`: it holds the lease and gave no sign within `leaseMs`; `none`: nobody holds it. */
    state: z.enum(['active', 'silent', 'none']),
    silentMs: count,
    /** What the trainer said last of itself; the last one's after it went. */
    report: trainerReport.nullable(),
  }),
  serving: z.strictObject({
    /** Processes that share the port and gave their figures. */
    processes: count,
    /** Requests for predictions, all processes together, of the last 10 s; null in the first second of looking. */
    requestsPerSecond: z.number().min(0).nullable(),
    /** Time in the server that 99 of 100 of them took at most, milliseconds, of the last 10 s; null without one. */
    p99Ms: z.number().min(0).nullable(),
    /** Since the processes began. */
    requests: count,
    /** How many pages are open on this process. */
    pages: count,
  }),
  latest: versionNumber.nullable(),
  previousChampion: versionNumber.nullable(),
  aliases: z.record(z.string(), aliasValue),
});
export type PipelineEvent = z.infer<typeof pipelineEvent>;

const hits = z.strictObject({ rows: count, hits: count });

/** What the page tells of a version; all of it from the record. */
export const versionSummary = z.strictObject({
  version: versionNumber,
  /** RFC 3339. */
  createdAt: z.string(),
  newestRowAt: z.string().nullable(),
  promoted: z.boolean(),
  reason: z.string(),
  /** The champion that it was judged against. */
  champion: versionNumber.nullable(),
  isImported: z.boolean(),
  rows: z.strictObject({ window: count, fitted: count, heldOut: count, rejected: count }),
  /** The version before on the mini-batch, and the running sums of that. */
  batch: hits.nullable(),
  prequential: hits,
  /** Hits of the candidate and of the champion on the held-out rows. */
  holdout: z.strictObject({ rows: count, candidate: count, champion: count.nullable() }),
  tree: z.strictObject({ digest, leaves: count, depth: count }),
  recordDigest: digest,
  lineage: z.array(z.strictObject({ partition: count, windowFrom: offset, batchFrom: offset, next: offset })),
});
export type VersionSummary = z.infer<typeof versionSummary>;

/** `versions`, at the beginning and with every new one: ascending by number. */
export const versionsEvent = z.strictObject({ versions: z.array(versionSummary).max(FIRST_VERSIONS_MAX) });
export type VersionsEvent = z.infer<typeof versionsEvent>;

/** `journal`, at the beginning and after every move of an alias: the newest entries, newest first. */
export const journalEvent = z.strictObject({ entries: z.array(journalEntry).max(EVENT_JOURNAL_ENTRIES_MAX) });
export type JournalEvent = z.infer<typeof journalEvent>;

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AlderError } from '../errors';
import { PROMOTION_MODES, PROMOTION_REASONS } from '../evaluation/promotion-rule';

/**
 * The record of a version: its inputs and its results. Immutable JSON in the format `alder-version/1`. `recordDigest` is
 * the sha256 of the record without `createdAt`, `newestRowAt`, `trainer` and itself, so two trainers that make the same
 * version at different times make the same digest.
 */
const FORMAT = 'alder-version/1';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const versionNumber = z.number().int().min(1).max(999_999_999_999_999);
/** Decimal text, since the log's offsets have 64 bits; an offset that no number holds exactly is refused. */
const offset = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,18})$/)
  .refine((text) => Number.isSafeInteger(Number(text)), 'is above 2^53 − 1');
const versionRef = z.strictObject({ version: versionNumber, recordDigest: digest });
const hits = z.strictObject({ rows: count, hits: count });

const importedFrom = z.strictObject({
  format: z.enum(['onnx']),
  /** Hex sha256 of the file. */
  fileDigest: digest,
  /** The program that made the file, according to the file. */
  producer: z.strictObject({ name: z.string(), version: z.string() }),
});

const partitionLineage = z.strictObject({
  partition: z.number().int().min(0),
  /** First offset ever read. */
  start: offset,
  /** First offset of the window. */
  windowFrom: offset,
  /** First offset of the mini-batch. */
  batchFrom: offset,
  /** The next offset to read. */
  next: offset,
  /** Cumulative since `start`; `messages + skipped = next − start`, `accepted + rejected` = the messages' lines. */
  messages: count,
  accepted: count,
  rejected: count,
  skipped: count,
  /** The last message below `next`, at next − 1 unless control records follow it; null before the first. */
  last: z.strictObject({ offset, sha256: digest, timestampMs: z.number().int() }).nullable(),
});

const record = z.strictObject({
  format: z.literal(FORMAT),
  model: z.string(),
  version: versionNumber,
  parent: versionRef.nullable(),
  champion: versionRef.nullable(),
  log: z.strictObject({ kind: z.enum(['embedded', 'kafka']), clusterId: z.string(), topic: z.string() }),
  lineage: z.array(partitionLineage).min(1),
  schemaDigest: digest,
  settings: z.strictObject({
    /** Name and behaviour number, `exact/1`. */
    engine: z.string(),
    rows: z.string(),
    windowRows: count,
    holdoutShare: z.number(),
    maxDepth: count,
    minLeafRows: count,
    promotion: z.enum(PROMOTION_MODES),
  }),
  rows: z.strictObject({ window: count, fitted: count, heldOut: count, rejected: count, digest }),
  tree: z.strictObject({ digest, nodes: count, leaves: count, depth: count }),
  evaluation: z.strictObject({
    /** The parent's hits on the mini-batch, before the fit; null for the first version. */
    batch: hits.nullable(),
    /** The running sums of `batch` since version 1. */
    prequential: hits,
    /** Hits on the holdout rows of the window; the candidate's confusion matrix is [actual][predicted]. */
    holdout: z.strictObject({
      rows: count,
      champion: count.nullable(),
      candidate: count,
      confusion: z.array(z.array(count)),
    }),
  }),
  promotion: z.strictObject({
    promoted: z.boolean(),
    reason: z.enum(PROMOTION_REASONS),
    /** Holdout rows that only the champion, and only the candidate, predicts right. */
    onlyChampion: count,
    onlyCandidate: count,
  }),
  /** The origin of an imported tree; such a version reads no rows. */
  imported: importedFrom.optional(),
  createdAt: z.string(),
  newestRowAt: z.string().nullable(),
  trainer: z.strictObject({ id: z.string(), epoch: count, code: z.string() }),
  recordDigest: digest,
});

export type VersionRecord = z.infer<typeof record>;
export type PartitionLineage = z.infer<typeof partitionLineage>;
export type RecordSettings = VersionRecord['settings'];
export type Evaluation = VersionRecord['evaluation'];
export type ImportedFrom = z.infer<typeof importedFrom>;
export type PromotionVerdict = VersionRecord['promotion'];

/** Seals a record: adds its digest, and gives its canonical text with keys in the order of the format. */
export function sealRecord(unsealed: Omit<VersionRecord, 'recordDigest' | 'format'>): {
  record: VersionRecord;
  text: string;
} {
  const checked = record.parse({ format: FORMAT, ...unsealed, recordDigest: '0'.repeat(64) });
  const sealed = { ...checked, recordDigest: recordDigestOf(checked) };
  return { record: sealed, text: JSON.stringify(sealed) };
}

/**
 * Reads a record's text. Throws `record-invalid` for another format, a field out of its bounds or a ledger that does not
 * add up, and `digest-mismatch` when the digest is not the record's own.
 */
export function decodeVersionRecord(text: string): VersionRecord {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new AlderError('record-invalid', 'the record is not valid JSON', { cause });
  }
  const format = (parsed as { format?: unknown } | null)?.format;
  if (format !== FORMAT) {
    throw new AlderError(
      'record-invalid',
      `the record has the format ${JSON.stringify(format)}, this reader knows ${FORMAT}`,
    );
  }
  const checked = record.safeParse(parsed);
  if (!checked.success) {
    const issue = checked.error.issues[0]!;
    throw new AlderError('record-invalid', `the record's ${issue.path.join('.')}: ${issue.message}`);
  }
  for (const partition of checked.data.lineage) checkLedger(partition);
  if (recordDigestOf(checked.data) !== checked.data.recordDigest) {
    throw new AlderError('digest-mismatch', 'the record does not have the digest that it names');
  }
  return checked.data;
}

function checkLedger(lineage: PartitionLineage): void {
  const span = Number(lineage.next) - Number(lineage.start);
  if (lineage.messages + lineage.skipped !== span) {
    throw new AlderError(
      'record-invalid',
      `partition ${lineage.partition}: messages + skipped is not next − start`,
    );
  }
}

/** The digest of a parsed record; parsing puts the keys into the order of the format. */
function recordDigestOf(checked: VersionRecord): string {
  const { createdAt, newestRowAt, trainer, recordDigest, ...digested } = checked;
  return createHash('sha256').update(JSON.stringify(digested)).digest('hex');
}

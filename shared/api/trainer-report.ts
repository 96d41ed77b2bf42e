import { z } from 'zod';
import { count, offset } from './fields';

/**
 * The report that a trainer sends with each heartbeat of its lease, for the page. No decision depends on it; a version's
 * facts are in its record.
 */
export const TRAINER_REPORT_FORMAT = 'alder-trainer/1';
export const REPORTED_REJECTED_MAX = 10;
export const REPORTED_PARTITIONS_MAX = 16;
export const REPORTED_FEATURES_MAX = 256;

const rate = z.number().min(0);

export const trainerReport = z.strictObject({
  format: z.literal(TRAINER_REPORT_FORMAT),
  trainer: z.strictObject({ id: z.string(), code: z.string() }),
  log: z.strictObject({ kind: z.string(), topic: z.string() }),
  /** Rows since the start of the trainer's term. */
  rows: z.strictObject({ accepted: count, rejected: count }),
  /** Between the last two reports; `appendedMessages` is null while the log's end is unknown. */
  perSecond: z.strictObject({ accepted: rate, rejected: rate, appendedMessages: rate.nullable() }),
  /** Unread messages of the log; null while the log's end is unknown. */
  lagMessages: count.nullable(),
  /** The next refit starts at `batchRows` pending rows, or `batchWaitMs` after the first pending row. */
  refit: z.strictObject({ pendingRows: count, batchRows: count, batchWaitMs: count, windowRows: count }),
  /** Partitions that are paused because most of their newest rows were rejected. */
  paused: z
    .array(
      z.strictObject({
        partition: count,
        position: offset,
        rejected: count,
        rows: count,
        reason: z.string().nullable(),
      }),
    )
    .max(REPORTED_PARTITIONS_MAX),
  rejected: z.strictObject({
    /** Reason → rows since the start of the trainer's term. */
    reasons: z.record(z.string(), count),
    /** The newest rejected rows, newest first. */
    newest: z
      .array(z.strictObject({ partition: count, offset, line: count, reason: z.string() }))
      .max(REPORTED_REJECTED_MAX),
  }),
  /** In the schema's order, with the range of the values so far; empty for more than `REPORTED_FEATURES_MAX` features. */
  features: z
    .array(
      z.strictObject({
        name: z.string(),
        unit: z.string().nullable(),
        min: z.number().nullable(),
        max: z.number().nullable(),
      }),
    )
    .max(REPORTED_FEATURES_MAX),
});

export type TrainerReport = z.infer<typeof trainerReport>;

import { z } from 'zod';

/**
 * What a trainer says of itself with each beat of its lease: figures for a person to look at. Nothing is built on them;
 * what a version is made of stands in its record.
 */
export const TRAINER_REPORT_FORMAT = 'alder-trainer/1';
export const REPORTED_REJECTED_MAX = 10;
export const REPORTED_PARTITIONS_MAX = 16;
export const REPORTED_FEATURES_MAX = 256;

const count = z.number().int().min(0);
const rate = z.number().min(0);
const offset = z.string().regex(/^(0|[1-9][0-9]*)$/);

export const trainerReport = z.strictObject({
  format: z.literal(TRAINER_REPORT_FORMAT),
  trainer: z.strictObject({ id: z.string(), code: z.string() }),
  log: z.strictObject({ kind: z.string(), topic: z.string() }),
  /** Rows since this trainer began its term. */
  rows: z.strictObject({ accepted: count, rejected: count }),
  /** Between the last two reports; appended messages are null while the log's end is not known. */
  perSecond: z.strictObject({ accepted: rate, rejected: rate, appendedMessages: rate.nullable() }),
  /** Messages of the log that were not read yet; null while its end is not known. */
  lagMessages: count.nullable(),
  /** The next refit comes with `batchRows` pending rows, or `batchWaitMs` after the first of them. */
  refit: z.strictObject({ pendingRows: count, batchRows: count, batchWaitMs: count, windowRows: count }),
  /** Partitions that pause since most of their newest rows were bad. */
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
    /** Reason → rows since this trainer began its term. */
    reasons: z.record(z.string(), count),
    /** The newest ones, newest first. */
    newest: z
      .array(z.strictObject({ partition: count, offset, line: count, reason: z.string() }))
      .max(REPORTED_REJECTED_MAX),
  }),
  /** In the order of the schema, with the range of the rows in memory so far; empty for more than 256 features. */
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

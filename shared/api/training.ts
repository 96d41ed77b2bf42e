import { z } from 'zod';
import { lineage, rowCounts, servedBy, share, versionNumber } from './fields';

const WAIT_SECONDS_MAX = 30;

export const trainQuery = z.strictObject({
  wait: z
    .string()
    .regex(/^[0-9]{1,2}(\.[0-9]{1,3})?$/)
    .transform(Number)
    .pipe(z.number().max(WAIT_SECONDS_MAX))
    .default(10)
    .describe('seconds to wait for the refit, 0 to 30'),
});

/** The version that was fitted on all rows of the log. */
export const trainingAnswer = z.strictObject({
  ...servedBy,
  /** False when the version existed before the request, because no accepted row followed it in the log. */
  created: z.boolean(),
  promoted: z.boolean(),
  reason: z.string(),
  champion: versionNumber.nullable(),
  engine: z.string(),
  rows: rowCounts,
  /** Shares of hits; null without predicted rows. */
  accuracy: z.strictObject({ prequential: share.nullable(), holdout: share.nullable() }),
  lineage,
});
export type TrainingAnswer = z.infer<typeof trainingAnswer>;

/** The refit has not ended within the wait. */
export const trainingUnderway = z.strictObject({
  status: z.literal('training'),
  model: z.string(),
  latest: versionNumber.nullable(),
});
export type TrainingUnderway = z.infer<typeof trainingUnderway>;

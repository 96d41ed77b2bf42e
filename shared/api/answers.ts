import { z } from 'zod';

/** What the HTTP routes answer with when all is well. Clients may build on every field here. */
const versionNumber = z.number().int().min(1);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const offset = z.string().regex(/^(0|[1-9][0-9]*)$/);
const count = z.number().int().min(0);
const share = z.number().min(0).max(1);
/** Class name → the leaf's rows of that class / the leaf's rows, in the order of the classes. */
const probabilities = z.record(z.string(), share);
/** Which version gave the answer; `digest` is the sha256 of its tree. */
const servedBy = { model: z.string(), version: versionNumber, digest };

/** Fitted rows of each class at a node. */
const rowsAt = z.record(z.string(), count);
/** From the root to a leaf: what was asked at each node, and which side the row took. */
const decisionPath = z.array(
  z.union([
    z.strictObject({
      node: count,
      feature: z.string(),
      threshold: z.number(),
      value: z.number(),
      side: z.enum(['left', 'right']),
      rows: rowsAt,
    }),
    z.strictObject({ node: count, rows: rowsAt }),
  ]),
);

/** One row asked, one prediction given; its path with `?explain=true`. */
export const predictionAnswer = z.strictObject({
  prediction: z.string(),
  probabilities,
  path: decisionPath.optional(),
  ...servedBy,
});
export type PredictionAnswer = z.infer<typeof predictionAnswer>;

/** A list asked, also a list of one: predictions in the same order. */
export const predictionsAnswer = z.strictObject({
  predictions: z.array(z.string()),
  probabilities: z.array(probabilities),
  paths: z.array(decisionPath).optional(),
  ...servedBy,
});
export type PredictionsAnswer = z.infer<typeof predictionsAnswer>;

export const rootAnswer = z.strictObject({
  message: z.string(),
  model: z.string(),
  /** Null before the first version. */
  version: versionNumber.nullable(),
  next: z.strictObject({ train: z.string(), serve: z.string(), pinned: z.string() }),
  /** Milliseconds since the registry was last seen; only there when that is long ago. */
  stalenessMs: z.number().optional(),
});
export type RootAnswer = z.infer<typeof rootAnswer>;

/** The version that answers "be trained on all that the log holds now". */
export const trainingAnswer = z.strictObject({
  ...servedBy,
  /** False when no accepted row had come since this version, so it still stands for all of the log. */
  created: z.boolean(),
  promoted: z.boolean(),
  reason: z.string(),
  champion: versionNumber.nullable(),
  engine: z.string(),
  rows: z.strictObject({ window: count, fitted: count, heldOut: count, rejected: count }),
  /** Hits / rows; null where no row was scored. */
  accuracy: z.strictObject({ prequential: share.nullable(), holdout: share.nullable() }),
  lineage: z.array(z.strictObject({ partition: count, windowFrom: offset, batchFrom: offset, next: offset })),
});
export type TrainingAnswer = z.infer<typeof trainingAnswer>;

/** The refit was asked for and is still under way. */
export const trainingUnderway = z.strictObject({
  status: z.literal('training'),
  model: z.string(),
  latest: versionNumber.nullable(),
});
export type TrainingUnderway = z.infer<typeof trainingUnderway>;

export const versionsAnswer = z.strictObject({
  model: z.string(),
  latest: versionNumber.nullable(),
  aliases: z.record(z.string(), versionNumber),
  /** Stored versions, ascending. */
  versions: z.array(versionNumber),
  /** What `?after=` of the next page is; null where there is none. */
  next: versionNumber.nullable(),
});
export type VersionsAnswer = z.infer<typeof versionsAnswer>;

import { z } from 'zod';
import { count, servedBy, share } from './fields';

export const predictQuery = z.strictObject({
  explain: z
    .stringbool({ truthy: ['true'], falsy: ['false'], case: 'sensitive' })
    .default(false)
    .describe('whether the answer holds the decision path of each row'),
  shadow: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/)
    .optional()
    .describe('an alias that predicts the same rows for a comparison; it does not change the answer'),
});
export type PredictQuery = z.output<typeof predictQuery>;

/**
 * The body of a prediction request, for the OpenAPI document alone. The request reader (shared/row/request-reader.ts)
 * checks a body by the same rules on its bytes; a test compares the two.
 */
const row = z
  .union([z.array(z.number()), z.record(z.string(), z.number())])
  .describe("one row: its features in the schema's order, or by name");

export const predictBody = z.strictObject({
  data: z.union([row, z.array(row).min(1)]).describe('one row, or a list of rows'),
});

/** Class name → the class's share of the leaf's rows, in the order of the classes. */
const probabilities = z.record(z.string(), share);

/** Fitted rows of each class at a node. */
const rowsAt = z.record(z.string(), count);
/** From the root to a leaf: each node's test, and the side that the row took. */
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

/** The answer to one bare row; `path` is there with `?explain=true`. */
export const predictionAnswer = z.strictObject({
  prediction: z.string(),
  probabilities,
  path: decisionPath.optional(),
  ...servedBy,
});
export type PredictionAnswer = z.infer<typeof predictionAnswer>;

/** The answer to a list of rows, even of one row, in the same order. */
export const predictionsAnswer = z.strictObject({
  predictions: z.array(z.string()),
  probabilities: z.array(probabilities),
  paths: z.array(decisionPath).optional(),
  ...servedBy,
});

import { z } from 'zod';

/**
 * The body of a prediction request, for whoever reads about it: it is checked by a reader over bytes with the same
 * rules (shared/row/request-reader.ts), and a test holds the two together.
 */
const row = z
  .union([z.array(z.number()), z.record(z.string(), z.number())])
  .describe("one row: its features in the schema's order, or by name");

export const predictBody = z.strictObject({
  data: z.union([row, z.array(row).min(1)]).describe('one row, or a list of rows'),
});

import { z } from 'zod';
import { TREE_FORMAT_NAMES } from '../tree-formats/formats';

/** The query parameters of the HTTP routes: each at most once, and nothing but these. All arrive as text. */
const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^(0|[1-9][0-9]{0,14})$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));

export const noQuery = z.strictObject({});

export const predictQuery = z.strictObject({
  explain: z
    .stringbool({ truthy: ['true'], falsy: ['false'], case: 'sensitive' })
    .default(false)
    .describe('the decision path of each row goes with the answer'),
  shadow: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/)
    .optional()
    .describe('an alias that predicts the same rows, to be compared; the answer stays as it is'),
});
export type PredictQuery = z.output<typeof predictQuery>;

export const treeQuery = z.strictObject({
  format: z.enum(TREE_FORMAT_NAMES).default('json').describe('how the tree is written'),
});

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

export const VERSIONS_PAGE_MAX = 1_000;

export const versionsQuery = z.strictObject({
  after: wholeNumber(0, 999_999_999_999_999).default(0).describe('the last version of the page before'),
  limit: wholeNumber(1, VERSIONS_PAGE_MAX).default(VERSIONS_PAGE_MAX).describe('most versions of one page'),
});

export const journalQuery = z.strictObject({
  at: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text).toISOString())
    .optional()
    .describe('a time (RFC 3339): where the aliases stood then'),
  limit: wholeNumber(1, 10_000).default(100).describe('most entries of the answer'),
});

import { z } from 'zod';

/** What may stand in the journal: one line of visible text. */
const line = (max: number) =>
  z.string().regex(new RegExp(`^[^\\p{Cc}\\p{Cs}\\u2028\\u2029]{1,${max}}$`, 'u'));

const changedBy = {
  reason: line(200).optional().describe('why, for the journal'),
  actor: line(64).optional().describe('who, for the journal; "admin" when it is not said'),
};

/** Who changes something, and why. */
export const changeBody = z.strictObject(changedBy);
export type ChangeBody = z.infer<typeof changeBody>;

/** Where an alias is to point. */
export const pointBody = z.strictObject({
  version: z.number().int().min(1).max(999_999_999_999_999),
  ...changedBy,
});
export type PointBody = z.infer<typeof pointBody>;

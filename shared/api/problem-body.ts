import { z } from 'zod';

/** The body of every error answer: RFC 9457 with a stable `code` and, for a body at fault, where it is. */
export const problemBody = z.looseObject({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.number().int().min(400).max(599),
  code: z.string(),
  detail: z.string(),
  /** Faults of the request's body, the first with the code above; at most 20; empty for other errors. */
  errors: z.array(z.strictObject({ pointer: z.string(), code: z.string() })).max(20),
});
export type ProblemBody = z.infer<typeof problemBody>;

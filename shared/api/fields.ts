import { z } from 'zod';

/** Field types that several schemas share. */
export const count = z.number().int().min(0);
/** A part of a whole. */
export const share = z.number().min(0).max(1);
export const versionNumber = z.number().int().min(1);
/** Hex sha256. */
export const digest = z.string().regex(/^[0-9a-f]{64}$/);
/** An offset of the row log, as decimal text. */
export const offset = z.string().regex(/^(0|[1-9][0-9]*)$/);

/** The version that gave an answer; `digest` is the one of its tree. */
export const servedBy = { model: z.string(), version: versionNumber, digest };

/** For each partition the offsets of the window and of the newest mini-batch. */
export const lineage = z.array(
  z.strictObject({ partition: count, windowFrom: offset, batchFrom: offset, next: offset }),
);

/** Numbers of rows behind a version. */
export const rowCounts = z.strictObject({ window: count, fitted: count, heldOut: count, rejected: count });

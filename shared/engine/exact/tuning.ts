import type { TrainingSet } from '../training-set';
import { LOCAL_ROWS_MAX } from './local-scratch';

/** Settings that change the speed of a fit and never its tree. Tests use them to send small sets the way of large ones. */
export interface FitTuning {
  /** LocalFit fits nodes of at most this many rows; at most `LOCAL_ROWS_MAX`. */
  readonly localRowsMax: number;
  /** Buckets of a column; `bucketsMax × classes <= 65,536`. */
  readonly bucketsMax: number;
  /** A node with a larger share of its values in undecided buckets is presorted: sorting once is less work then. */
  readonly undecidedShareMax: number;
}

/** Rows for each feature from which on 512 buckets were faster than 256 (measured at 1,000,000 × 4 and 300,000 × 30). */
const MANY_ROWS_PER_FEATURE = 32_768;

/**
 * The default settings. More buckets decide more cuts without sorting, and fewer buckets are quicker to walk. With many
 * columns walking them is the main cost. A code has 16 bits, so `bucketsMax × classes` is at most 65,536.
 */
export function tuningFor({ rowCount, columns, classNames }: TrainingSet): FitTuning {
  const buckets = rowCount / columns.length >= MANY_ROWS_PER_FEATURE ? 512 : 256;
  return {
    localRowsMax: LOCAL_ROWS_MAX,
    bucketsMax: Math.min(buckets, Math.floor(65_536 / classNames.length)),
    undecidedShareMax: 0.5,
  };
}

import type { TrainingSet } from '../training-set';
import { LOCAL_ROWS_MAX } from './local-scratch';

/** What steers how fast a fit is and never what comes out; tests take small sets the way of large ones with it. */
export interface FitTuning {
  /** Nodes of at most so many rows are fitted by LocalFit; at most `LOCAL_ROWS_MAX`. */
  readonly localRowsMax: number;
  /** Buckets of a column; `bucketsMax × classes <= 65,536`. */
  readonly bucketsMax: number;
  /** Share of a node's values in undecided buckets above which it is presorted: sorting once is less work then. */
  readonly undecidedShareMax: number;
}

/** More buckets decide more without sorting; fewer are quicker to walk, and with many columns the walks are the cost. */
export function tuningFor({ rowCount, columns, classNames }: TrainingSet): FitTuning {
  const buckets = rowCount / columns.length >= 32_768 ? 512 : 256;
  return {
    localRowsMax: LOCAL_ROWS_MAX,
    bucketsMax: Math.min(buckets, Math.floor(65_536 / classNames.length)),
    undecidedShareMax: 0.5,
  };
}

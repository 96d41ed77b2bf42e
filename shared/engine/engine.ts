import type { Tree } from '../tree/tree';
import type { FitLimits, TrainingSet } from './training-set';

/** A way to fit a tree. Same rows, same limits, same behaviour number: same tree, byte for byte. */
export interface Engine {
  readonly name: EngineName;
  /** Raised with every change that can change a tree. */
  readonly behaviour: number;
  /** The most rows that it fits in reasonable time. */
  readonly windowRowsMax: number;
  /** The largest `minLeafRows` that it keeps to; without it, any. */
  readonly minLeafRowsMax?: number;
  /** Throws `invariant` on an empty set and on limits that `checkEngineLimits` would have refused. */
  fit(rows: TrainingSet, limits: FitLimits): Tree;
}

export const ENGINE_NAMES = ['exact', 'histogram', 'ml-cart'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

import type { Tree } from '../tree/tree';
import type { FitLimits, TrainingSet } from './training-set';

/** A way to fit a tree. The same rows, limits and behaviour number give the same tree, byte for byte. */
export interface Engine {
  readonly name: EngineName;
  /** Raised with every change of the code that can change a tree. */
  readonly behaviour: number;
  /** The most rows that the engine fits in reasonable time. */
  readonly windowRowsMax: number;
  /** The largest `minLeafRows` that the engine supports; absent when it supports any. */
  readonly minLeafRowsMax?: number;
  /**
   * Values (rows × features) up to which a fit is so short that the calling thread does it: handing the window to
   * another thread would take longer. 0 where the time of a fit is not about linear in its values, or is not known to be:
   * such a fit on the trainer's thread could hold up its lease.
   */
  readonly callingThreadValuesMax: number;
  /** True where several threads can share the fit of a large window (`fitInThreads`). */
  readonly canShareFit: boolean;
  /** Throws `invariant` on an empty set and on limits that `checkEngineLimits` refuses. */
  fit(rows: TrainingSet, limits: FitLimits): Tree;
}

export const ENGINE_NAMES = ['exact', 'histogram', 'ml-cart'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

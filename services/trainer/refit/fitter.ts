import type { Engine } from '../../../shared/engine/engine';
import type { FitLimits, TrainingSet } from '../../../shared/tree/training-set';
import { encodeTree } from '../../../shared/tree/tree-codec';

/** Fits a tree somewhere: the trainer uses a worker thread, a test or a replay its own. */
export interface Fitter {
  /** The canonical text of the tree. May take the set's arrays for itself. Throws `fit-failed`, `tree-too-large`. */
  fit(rows: TrainingSet, limits: FitLimits): Promise<string>;
  close(): Promise<void>;
}

/** Fits on the calling thread. */
export function inlineFitter(engine: Engine): Fitter {
  return {
    fit: async (rows, limits) => encodeTree(engine.fit(rows, limits)),
    close: async () => undefined,
  };
}

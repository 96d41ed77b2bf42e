import type { Engine } from '../../../shared/engine/engine';
import type { FitLimits } from '../../../shared/engine/training-set';
import { encodeTree } from '../../../shared/tree/tree-codec';
import { gatherFitted, type WindowTable } from '../window/gather-rows';

/** Fits a tree somewhere: the trainer uses a worker thread, a test or a replay its own. */
export interface Fitter {
  /**
   * The canonical text of the tree of a window's fitted rows, which must stay where they are until it is there. One fit
   * at a time. Throws `fit-failed`, `tree-too-large`.
   */
  fit(rows: WindowTable, limits: FitLimits): Promise<string>;
  close(): Promise<void>;
}

/** Fits on the calling thread. */
export function inlineFitter(engine: Engine): Fitter {
  return {
    fit: async (rows, limits) => encodeTree(engine.fit(gatherFitted(rows), limits)),
    close: async () => undefined,
  };
}

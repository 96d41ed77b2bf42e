import type { Engine } from '../../../shared/engine/engine';
import type { FitLimits } from '../../../shared/engine/training-set';
import { encodeTree } from '../../../shared/tree/tree-codec';
import { gatherFitted, type WindowTable } from '../window/gather-rows';

/** Fits the tree of a window, on the calling thread or on another. */
export interface Fitter {
  /**
   * The canonical text of the tree of the window's fitted rows, which must stay where they are until the promise
   * settles. One fit runs at a time. Throws `fit-failed`, `tree-too-large`.
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

/**
 * Fits windows of at most `engine.callingThreadValuesMax` values on the calling thread and hands all others to `large`.
 * Handing a window to another thread and back takes longer than a small fit, and on a busy machine much longer.
 */
export function smallWindowsInline(engine: Engine, large: Fitter): Fitter {
  const inline = inlineFitter(engine);
  return {
    fit: (window, limits) => {
      const values = window.fittedRows * window.featureNames.length;
      return (values <= engine.callingThreadValuesMax ? inline : large).fit(window, limits);
    },
    close: () => large.close(),
  };
}

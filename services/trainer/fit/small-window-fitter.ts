import type { Engine } from '../../../shared/engine/engine';
import { type Fitter, inlineFitter } from './fitter';

/** A fit of this many values takes less than the commit of its version, which holds the thread up as well. */
const VALUES_MAX = 4_096;

/**
 * Fits small windows on the calling thread and leaves all others to `large`. Handing a window to another thread and
 * back takes longer than a small fit, and on a busy machine much longer. For engines whose time is about linear in the
 * values: a quadratic one would hold up the lease.
 */
export function smallWindowsHere(engine: Engine, large: Fitter): Fitter {
  const here = inlineFitter(engine);
  return {
    fit: (window, limits) => {
      const values = window.fittedRows * window.featureNames.length;
      return (values <= VALUES_MAX ? here : large).fit(window, limits);
    },
    close: () => large.close(),
  };
}

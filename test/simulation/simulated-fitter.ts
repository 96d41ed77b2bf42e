import { type Fitter, inlineFitter } from '../../services/trainer/fit/fitter';
import { exactEngine } from '../../shared/engine/exact/fit-exact';
import type { SimulatedProcess } from './simulated-process';
import type { World } from './world';

/** Share of fits during which the trainer is paused past its lease; it wakes up with an unpublished version. */
const FROZEN_FITS = 0.03;
/** After healing fits are fast, so that the bound on answers does not depend on the backlog. */
const CALM_FIT_MS_MAX = 3;

/** Fits in the trainer's process after a simulated duration. `freeze` pauses that process. */
export function simulatedFitter(
  world: World,
  process: SimulatedProcess,
  freeze: (ms: number) => void,
): Fitter {
  const { dice, plan } = world;
  const { leaseMs } = plan.settings;
  const fitter = inlineFitter(exactEngine);
  return {
    fit: (rows, limits) =>
      new Promise((resolve, reject) => {
        if (!world.isHealed && dice.chance(FROZEN_FITS)) freeze(leaseMs + dice.below(leaseMs));
        const ms = 1 + dice.below(world.isHealed ? CALM_FIT_MS_MAX : plan.fitMsMax);
        process.after(ms, () => void fitter.fit(rows, limits).then(resolve, reject));
      }),
    close: () => fitter.close(),
  };
}

import { AlderError } from '../errors';
import type { Engine, EngineName } from './engine';
import { exactEngine } from './exact/fit-exact';

/** The engine with this name. All but the default engine are loaded on first use, so that a start without them is short. */
export function engineByName(name: EngineName): Engine {
  switch (name) {
    case 'exact':
      return exactEngine;
    case 'histogram':
      return (require('./histogram/fit-histogram') as typeof import('./histogram/fit-histogram'))
        .histogramEngine;
    case 'ml-cart':
      return (require('./ml-cart/ml-cart') as typeof import('./ml-cart/ml-cart')).mlCartEngine;
  }
}

/** The name of an engine in a record: name and behaviour number, `exact/1`. */
export function engineLabel(engine: Engine): string {
  return `${engine.name}/${engine.behaviour}`;
}

/**
 * Refuses settings that the engine does not support. Throws `window-too-large` above its
 * `windowRowsMax` and `setting-invalid` above its `minLeafRowsMax`.
 */
export function checkEngineLimits(
  engine: Engine,
  settings: { readonly windowRows: number; readonly minLeafRows: number },
): void {
  const { name, windowRowsMax, minLeafRowsMax = Number.POSITIVE_INFINITY } = engine;
  if (settings.windowRows > windowRowsMax) {
    throw new AlderError(
      'window-too-large',
      `windowRows is ${settings.windowRows}, the engine ${name} takes at most ${windowRowsMax}`,
      { hint: `lower windowRows to ${windowRowsMax}, or take the engine exact` },
    );
  }
  if (settings.minLeafRows > minLeafRowsMax) {
    throw new AlderError(
      'setting-invalid',
      `minLeafRows is ${settings.minLeafRows}, the engine ${name} knows at most ${minLeafRowsMax}`,
      { hint: `set minLeafRows to ${minLeafRowsMax}, or take the engine exact` },
    );
  }
}

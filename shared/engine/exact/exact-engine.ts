import type { Engine } from '../engine';
import { fitExact } from './fit-exact';

/** The default engine: CART on typed arrays, every split considered. */
export const exactEngine: Engine = {
  name: 'exact',
  behaviour: 1,
  windowRowsMax: 10_000_000,
  fit: fitExact,
};

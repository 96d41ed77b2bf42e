import { fitExact } from '../tree/exact-engine';
import type { Engine } from './engine';

/** The default engine: CART on typed arrays, every split considered. */
export const exactEngine: Engine = {
  name: 'exact',
  behaviour: 1,
  windowRowsMax: 10_000_000,
  fit: fitExact,
};

import type { Engine } from '../engine';
import { fitHistogram } from './fit-histogram';

/**
 * For large windows: a tree of at most 255 leaves on at most 255 bins a column, grown where it lowers impurity most.
 * Another rule for bins or for ties is another behaviour number, since records are fitted again when they are verified.
 */
export const histogramEngine: Engine = {
  name: 'histogram',
  behaviour: 1,
  windowRowsMax: 10_000_000,
  fit: (rows, limits) => fitHistogram(rows, limits),
};

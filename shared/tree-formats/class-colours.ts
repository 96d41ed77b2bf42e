import type { Tree } from '../tree/tree';
import { classesAt, rowsAt } from './tree-measures';

/** Hues that are a golden angle apart stay distinct for any number of classes. Degrees. */
const GOLDEN_ANGLE = 137.508;
const SATURATION = 0.65;
/** Light enough for black text on it. */
const LIGHTNESS = 0.76;

type Colour = readonly [red: number, green: number, blue: number];

/** The colour of a class, `#rrggbb`; it depends on the class index alone. */
export function classColour(k: number): string {
  return hex(colourOf(k));
}

/** The class colours at a node, weighted by the classes' shares: `#rrggbb`. */
export function mixColour(tree: Tree, node: number): string {
  const rows = rowsAt(tree, node);
  const mix: [number, number, number] = [0, 0, 0];
  for (const [k, count] of classesAt(tree, node)) {
    for (const [channel, value] of colourOf(k).entries()) mix[channel]! += (value * count) / rows;
  }
  return hex(mix);
}

/** From hue, saturation and lightness (CSS Color Module Level 4, section 7.1); channels in [0, 1]. */
function colourOf(k: number): Colour {
  // The first class is blue.
  const hue = (210 + k * GOLDEN_ANGLE) % 360;
  const amplitude = SATURATION * Math.min(LIGHTNESS, 1 - LIGHTNESS);
  const channel = (n: number): number => {
    const at = (n + hue / 30) % 12;
    return LIGHTNESS - amplitude * Math.max(-1, Math.min(at - 3, 9 - at, 1));
  };
  return [channel(0), channel(8), channel(4)];
}

function hex(colour: Colour): string {
  const byte = (value: number) =>
    Math.round(value * 255)
      .toString(16)
      .padStart(2, '0');
  return `#${colour.map(byte).join('')}`;
}

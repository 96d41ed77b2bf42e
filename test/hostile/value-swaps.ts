import { type Draw, drawnMatch, latin1Of, PIECES, spliced, TOKENS } from '../row/mutations';

/** Pieces that are JSON by themselves, so that a text stays JSON with one of them in the place of a value. */
const VALUES = PIECES.filter((piece) => isJson(Buffer.from(piece).toString()));
const KEYS = [
  '"data"',
  '"d\\u0061ta"',
  '"label"',
  '"species"',
  '"height"',
  '"width"',
  '"w\\u0069dth"',
  '"extra"',
  '"toString"',
  '"__proto__"',
].map((key) => Uint8Array.from(Buffer.from(key)));

const ARRAYS = /\[[^[\]]*\]/g;
const OBJECTS = /\{[^{}]*\}/g;
const COLON = /\s*:/y;

/**
 * A text made from one of the seeds by up to three swaps of a value for a value or a key for a key: it can be parsed,
 * so the rules of rows decide about it and not the grammar.
 */
export function swapValues(seeds: readonly Uint8Array[], draw: Draw): Uint8Array {
  let text = seeds[draw(seeds.length)]!;
  for (let swaps = draw(4); swaps > 0; swaps--) text = swapValue(text, draw);
  return text;
}

function swapValue(text: Uint8Array, draw: Draw): Uint8Array {
  const latin1 = latin1Of(text);
  const pattern = [TOKENS, TOKENS, TOKENS, TOKENS, ARRAYS, OBJECTS][draw(6)]!;
  const found = drawnMatch(pattern, latin1, draw);
  if (found === null) return text;
  COLON.lastIndex = found.to;
  const others = COLON.test(latin1) ? KEYS : VALUES;
  return spliced(text, found.from, others[draw(others.length)]!, found.to);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

import { numbersFrom } from '../../bench/harness/random';

/** Gives an integer in [0, below). */
export type Draw = (below: number) => number;

// Looked up once: in a suite of jest every global goes through its sandbox, which would take most of a fuzz run's time.
const { floor, min } = Math;

export function seededDraw(seed: number): Draw {
  const next = numbersFrom(seed);
  return (below) => floor(next() * below);
}

/** Pieces that make a valid text invalid in one of many ways, or keep it valid. */
// biome-ignore format: one line a kind
export const PIECES: readonly Uint8Array[] = [
  '{', '}', '[', ']', ',', ':', '"', '\\', ' ', '\n', '\t', '\r', '-', '.', 'e', 'E', '+', '0', '7',
  '0.0', '-0', '-0.0e5', '1e999', '-1e400', '1e-999', '5e-324', '1.7976931348623157e308', '9007199254740993',
  '0.1234567890123456789', '123456789012345e22', '1e23', '01', '1.', '.5', 'NaN', 'Infinity',
  'true', 'false', 'null', '""', '"a"', '"5.1"', '{}', '[]', '[[]]', '{"a":1}', '{"a":1,"a":2}', '{"a":{"__proto__":1}}',
  '"__proto__":1,', '"\\u005f_proto__":1,', '"data":', '"label":', '"label":"a",', '"d\\u0061ta":', '"width":1,', '"height":2,',
  '"he\\u0069ght":', '"extra":[{"x":[1,2]}],', '"constructor":1,', '"species":"b",', '"sp\\u0065cies":', '"\\ud800"', '"\\ud83d\\ude00"', '\\u00e9', '\\u0', '\\q',
  'é', '😀', '\u2028', '\uFEFF', '[5.1,3.5],', '{"height":1,"width":2},', '[1,"x"],',
  '['.repeat(31), ']'.repeat(31), '['.repeat(33), '{"a":'.repeat(31),
].map((piece) => Uint8Array.from(Buffer.from(piece)));

const BROKEN_BYTES = [0x00, 0x1f, 0x7f, 0x80, 0xc0, 0xc3, 0xe2, 0xed, 0xf0, 0xf5, 0xff].map((byte) =>
  Uint8Array.of(byte),
);
const NOTHING = new Uint8Array(0);
export const TOKENS = /"(?:[^"\\]|\\.)*"|[-\d.eE+]+|[a-z]+/g;

/** A text made from one of the seeds by up to four small changes; sometimes by none. */
export function mutate(seeds: readonly Uint8Array[], draw: Draw): Uint8Array {
  let text: Uint8Array = seeds[draw(seeds.length)]!;
  for (let changes = draw(5); changes > 0; changes--) text = change(text, seeds, draw);
  return text;
}

function change(text: Uint8Array, seeds: readonly Uint8Array[], draw: Draw): Uint8Array {
  const at = draw(text.length + 1);
  const to = min(text.length, at + draw(6));
  switch (draw(10)) {
    case 0: // insert a piece
    case 1:
      return spliced(text, at, PIECES[draw(PIECES.length)]!, at);
    case 2: // put a piece in the place of some bytes
      return spliced(text, at, PIECES[draw(PIECES.length)]!, to);
    case 3: // leave some bytes out
      return spliced(text, at, NOTHING, to);
    case 4: // say some bytes twice
      return spliced(text, to, NOTHING, at);
    case 5: // go on with another text
      return spliced(text, at, afterwards(seeds[draw(seeds.length)]!, draw), text.length);
    case 6: // a byte that no text has
      return spliced(text, at, BROKEN_BYTES[draw(BROKEN_BYTES.length)]!, to);
    default:
      return replaceToken(text, draw);
  }
}

/** The bytes before `to`, a piece, and the bytes from `from` on. */
export function spliced(text: Uint8Array, to: number, piece: Uint8Array, from: number): Uint8Array {
  const made = new Uint8Array(to + piece.length + text.length - from);
  // A loop, because for such short texts a call of `set` costs more than copying the bytes.
  let at = 0;
  for (let i = 0; i < to; i++) made[at++] = text[i]!;
  for (let i = 0; i < piece.length; i++) made[at++] = piece[i]!;
  for (let i = from; i < text.length; i++) made[at++] = text[i]!;
  return made;
}

/** Replaces one whole string, number or word by a piece, so that the text sometimes stays valid JSON. */
function replaceToken(text: Uint8Array, draw: Draw): Uint8Array {
  const token = drawnMatch(TOKENS, latin1Of(text), draw);
  if (token === null) return text;
  return spliced(text, token.from, PIECES[draw(PIECES.length)]!, token.to);
}

/** One of all matches of a global pattern, each as likely as the others; null where there is none. */
export function drawnMatch(pattern: RegExp, text: string, draw: Draw): { from: number; to: number } | null {
  const ends: number[] = [];
  pattern.lastIndex = 0;
  while (pattern.test(text)) ends.push(pattern.lastIndex);
  if (ends.length === 0) return null;
  const chosen = draw(ends.length);
  // A second search finds the match again, since an array of matches would cost an object a match.
  pattern.lastIndex = chosen === 0 ? 0 : ends[chosen - 1]!;
  return { from: pattern.exec(text)!.index, to: ends[chosen]! };
}

/** One character a byte, so that an index in the text is an index in the bytes. */
export function latin1Of(text: Uint8Array): string {
  return Buffer.from(text.buffer, text.byteOffset, text.length).toString('latin1');
}

function afterwards(text: Uint8Array, draw: Draw): Uint8Array {
  return text.subarray(draw(text.length + 1));
}

/**
 * Runs a generator to its end and returns its result. Work on a tree that may be large is a generator that yields every
 * few tenths of a millisecond. A caller that shares its thread can serve others at each yield; any other caller uses
 * `atOnce`.
 */
export function atOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Copying or hashing a part takes some 0.05 ms. */
const PART_CHARACTERS = 65_536;

/** Splits a text into parts that can be encoded one by one, because no surrogate pair is split. */
export function* textParts(text: string): Generator<string, void> {
  for (let from = 0; from < text.length; ) {
    let to = from + PART_CHARACTERS;
    if (isHighSurrogate(text.charCodeAt(to - 1))) to++;
    yield text.slice(from, to);
    from = to;
  }
}

/** Encodes a text in UTF-8, in steps. */
export function* textBytesInSteps(text: string): Generator<void, Buffer> {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  let at = 0;
  for (const part of textParts(text)) {
    at += bytes.write(part, at);
    yield;
  }
  return bytes;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

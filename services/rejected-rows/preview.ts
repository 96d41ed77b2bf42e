/** As much of a row as fits beside its coordinates. */
const CHARACTERS_MAX = 60;
/** A character has at most four bytes; one that the cut goes through is dropped with what is beyond the bound. */
const BYTES_MAX = 4 * (CHARACTERS_MAX + 1);

/**
 * Controls move a terminal's cursor or change its state, formats reorder the text around them, private and unassigned
 * characters show as anything. None of them reaches a terminal.
 */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}\uFFFD]/gu;

/** The first bytes of a rejected row as one line of text; what cannot be shown is `·`. */
export function previewOf(bytes: Uint8Array | null): string {
  if (bytes === null) return '(null)';
  if (bytes.length === 0) return '(empty)';
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, BYTES_MAX));
  const characters = Array.from(text);
  const shown = characters.slice(0, CHARACTERS_MAX).join('').replace(UNSAFE, '·');
  return characters.length > CHARACTERS_MAX ? `${shown}…` : shown;
}

import { LINES_MAX, VALUE_BYTES_MAX } from '../../../shared/row/message-reader';

const LINE_FEED = 0x0a;

/**
 * Lines of a message, counted byte by byte and apart from the row reader: one for a value that is null, empty, too
 * large or `isWrapped` (compressed, as a header says); else one a newline, and one for what follows the last.
 */
export function countLines(value: Uint8Array | null, isWrapped: boolean): number {
  if (value === null || value.length === 0 || value.length > VALUE_BYTES_MAX || isWrapped) return 1;
  let newlines = 0;
  for (const byte of value) if (byte === LINE_FEED) newlines++;
  const lines = value.at(-1) === LINE_FEED ? newlines : newlines + 1;
  return lines > LINES_MAX ? 1 : lines;
}

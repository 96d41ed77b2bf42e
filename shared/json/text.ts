export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;

/**
 * What the string in [from, to) says. The bytes were scanned before, so they are valid; escapes are undone only where
 * there are some.
 */
export function decodeText(bytes: Uint8Array, from: number, to: number, escaped: boolean): string {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!escaped) return whole.toString('utf8', from, to);
  return JSON.parse(whole.toString('utf8', from - 1, to + 1)) as string;
}

/** The bytes of the escape at `at`, 0 when it is none. A lone surrogate is allowed, as the grammar allows it. */
export function escapeLength(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 >= end) return 0;
  switch (bytes[at + 1]) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f: // /
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return 2;
    case 0x75: // u
      if (at + 6 > end) return 0;
      for (let i = at + 2; i < at + 6; i++) if (!isHexDigit(bytes[i]!)) return 0;
      return 6;
    default:
      return 0;
  }
}

function isHexDigit(byte: number): boolean {
  const lower = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x66);
}

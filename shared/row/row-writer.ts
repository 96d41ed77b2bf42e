import { invariant } from '../errors';
import { cellJson } from './row-encoder';
import type { Schema } from './schema';

/** Messages are written one behind the other into memory that they share: some 50 of 100 rows. */
const SHARED_BYTES = 262_144;
/** Sign, point and up to nine digits, with room to spare. */
const SHORT_NUMBER_BYTES_MAX = 16;

/** Numbers of at most this many decimals, and fewer than 10^9 when the point is left out, are written digit by digit. */
const SHORT_DECIMALS_MAX = 4;
const SHORT_DIGITS_BELOW = 1e9;
const POWERS_OF_TEN = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/**
 * Writes rows as the lines of a message, straight into bytes: the same as `encodeRow` gives, byte for byte, but without
 * a text for every number, which is most of what a producer does.
 */
export class RowWriter {
  private bytes = Buffer.allocUnsafeSlow(SHARED_BYTES);
  /** The message that is being written is [from, end). */
  private from = 0;
  private end = 0;
  /** What stands before feature i. */
  private readonly beginnings: readonly Buffer[];
  /** What stands behind the last feature, by label; labels that the schema does not name are written anew each time. */
  private readonly endings: ReadonlyMap<string, Buffer>;
  /** What a row of short numbers comes to at most, whatever its label. */
  private readonly shortRowBytesMax: number;

  constructor(private readonly schema: Schema) {
    const { features, label, layout } = schema;
    this.beginnings = features.map(({ name }, i) => {
      const opening = i > 0 ? ',' : layout === 'data' ? '{"data":[' : '{';
      return Buffer.from(layout === 'data' ? opening : `${opening}${JSON.stringify(name)}:`);
    });
    this.endings = new Map(label.classes.map((name) => [name, Buffer.from(this.ending(name))]));
    const endingBytesMax = Math.max(0, ...[...this.endings.values()].map((ending) => ending.length));
    this.shortRowBytesMax = this.beginnings.reduce(
      (bytes, beginning) => bytes + beginning.length + SHORT_NUMBER_BYTES_MAX,
      endingBytesMax,
    );
  }

  /**
   * Adds a row. `features` has shape [nFeatures]; text among them is sent as text, as `encodeRow` does. False for a row
   * that the trainer is bound to refuse: a feature that is text, or a class unknown to the schema.
   */
  add(features: readonly (number | string)[], label: string): boolean {
    invariant(features.length === this.beginnings.length, 'a row has one cell per feature of its schema');
    if (this.end > this.from) this.write(NEXT_LINE);
    const ending = this.endings.get(label);
    if (ending !== undefined && this.addShortRow(features, ending)) return true;
    let isAllNumbers = true;
    for (let i = 0; i < features.length; i++) {
      this.write(this.beginnings[i]!);
      const cell = features[i]!;
      if (typeof cell === 'string') isAllNumbers = false;
      this.write(Buffer.from(cellJson(cell)));
    }
    this.write(ending ?? Buffer.from(this.ending(label)));
    return isAllNumbers && ending !== undefined;
  }

  /** The lines so far, without a newline at the end; the next row begins another message. */
  take(): Uint8Array {
    const lines = this.bytes.subarray(this.from, this.end);
    this.from = this.end;
    return lines;
  }

  private ending(label: string): string {
    const { layout, label: field } = this.schema;
    const name = layout === 'data' ? '],"label"' : `,${JSON.stringify(field.name)}`;
    return `${name}:${JSON.stringify(label)}}`;
  }

  /**
   * Adds a row of which every cell is a number that `writeShort` knows, as nearly every row is; false, with nothing
   * added, for any other. Room for all of it is made at once, which leaves nothing to look up for each piece.
   */
  private addShortRow(features: readonly (number | string)[], ending: Buffer): boolean {
    let at = this.room(this.shortRowBytesMax);
    this.end = at;
    const { bytes, beginnings } = this;
    for (let i = 0; i < features.length; i++) {
      const cell = features[i]!;
      if (typeof cell === 'string') return false;
      at = writeShort(bytes, writePiece(bytes, at, beginnings[i]!), cell);
      if (at < 0) return false;
    }
    this.end = writePiece(bytes, at, ending);
    return true;
  }

  private write(piece: Uint8Array): void {
    const at = this.room(piece.length);
    writePiece(this.bytes, at, piece);
  }

  /** Where the next `size` bytes go. A message that finds no room moves to new memory, all that it has so far. */
  private room(size: number): number {
    if (this.end + size > this.bytes.length) {
      const written = this.bytes.subarray(this.from, this.end);
      this.bytes = Buffer.allocUnsafeSlow(Math.max(SHARED_BYTES, 2 * (written.length + size)));
      this.bytes.set(written);
      this.from = 0;
      this.end = written.length;
    }
    const at = this.end;
    this.end += size;
    return at;
  }
}

/** Gives where the piece ended. Most pieces are shorter than what a call into the runtime costs. */
function writePiece(bytes: Buffer, at: number, piece: Uint8Array): number {
  const { length } = piece;
  if (length > 64) bytes.set(piece, at);
  else for (let i = 0; i < length; i++) bytes[at + i] = piece[i]!;
  return at + length;
}

/**
 * Writes a number of few decimals and gives where it ended; −1 for any other. A decimal of at most 15 digits is the
 * only one of its length that reads back as its double, and the fewest decimals are tried first, so this is the
 * shortest text, the one that JavaScript gives too.
 */
function writeShort(bytes: Buffer, at: number, value: number): number {
  const size = Math.abs(value);
  for (let decimals = 0; decimals <= SHORT_DECIMALS_MAX; decimals++) {
    const digits = Math.round(size * POWERS_OF_TEN[decimals]!);
    if (!(digits < SHORT_DIGITS_BELOW)) return -1;
    if (digits / POWERS_OF_TEN[decimals]! === size)
      return writeDigits(bytes, at, value < 0, digits, decimals);
  }
  return -1;
}

function writeDigits(
  bytes: Buffer,
  from: number,
  isNegative: boolean,
  digits: number,
  decimals: number,
): number {
  let length = decimals + 1;
  while (length < POWERS_OF_TEN.length && digits >= POWERS_OF_TEN[length]!) length++;
  if (isNegative) bytes[from] = MINUS;
  const end = from + (isNegative ? 1 : 0) + length + (decimals > 0 ? 1 : 0);
  let at = end;
  // Below 10^9, so a 32-bit integer, which is divided faster.
  let rest = digits | 0;
  for (let i = 0; i < length; i++) {
    if (i === decimals && i > 0) bytes[--at] = POINT;
    const higher = (rest / 10) | 0;
    bytes[--at] = ZERO + rest - higher * 10;
    rest = higher;
  }
  return end;
}

const NEXT_LINE = Buffer.from('\n');
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;

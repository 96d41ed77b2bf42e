import { invariant } from '../errors';
import type { Schema } from './schema';

/** The size of a buffer that consecutive messages share, room for some 50 messages of 100 rows. */
const SHARED_BYTES = 262_144;
/** More than a sign, a point and nine digits take. */
const SHORT_NUMBER_BYTES_MAX = 16;

/** A number is short, and written digit by digit, with at most so many decimals and below 10^9 without its point. */
const SHORT_DECIMALS_MAX = 4;
const SHORT_DIGITS_BELOW = 1e9;
const POWERS_OF_TEN = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/**
 * Writes rows as the lines of a message, the same bytes as `encodeRow` gives. It creates no string for a short number,
 * because number to string conversion is most of a producer's work.
 */
export class RowWriter {
  private bytes = Buffer.allocUnsafeSlow(SHARED_BYTES);
  /** The unfinished message is [from, end). */
  private from = 0;
  private end = 0;
  /** The text before each feature, shape [nFeatures]. */
  private readonly beginnings: readonly Buffer[];
  /** The text after the last feature, by label of the schema. */
  private readonly endings: ReadonlyMap<string, Buffer>;
  /** The most bytes of a row of short numbers, with any label of the schema. */
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
   * Adds a row. `features` has shape [nFeatures]; a text among them is written as text, as `encodeRow` does. Returns
   * false for a row that the trainer will reject: a feature is text, or the schema does not have the class.
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

  /** Ends the message and returns its lines, without a final newline. */
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
   * Adds a row if all its cells are short numbers, as in nearly every row; otherwise returns false and adds nothing. One
   * reservation for the whole row saves a bounds check for each piece.
   */
  private addShortRow(features: readonly (number | string)[], ending: Buffer): boolean {
    let at = this.reserve(this.shortRowBytesMax);
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
    const at = this.reserve(piece.length);
    writePiece(this.bytes, at, piece);
  }

  /** Reserves `size` bytes and returns their place. If the buffer is full, the unfinished message moves to a new one. */
  private reserve(size: number): number {
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

/** Copies a piece and returns its end. A loop copies a short piece faster than a call into the runtime does. */
function writePiece(bytes: Buffer, at: number, piece: Uint8Array): number {
  const { length } = piece;
  if (length > 64) bytes.set(piece, at);
  else for (let i = 0; i < length; i++) bytes[at + i] = piece[i]!;
  return at + length;
}

/**
 * Writes a short number and returns its end; −1 for any other number. The text is the shortest one, as JavaScript's is:
 * the fewest decimals are tried first, and two decimal texts of at most 15 digits never read back as the same double.
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
  // Below 10^9 the digits fit into a 32-bit integer, whose division is faster.
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

/**
 * One row as a line of the log, in the schema's layout: `{"data":[5.1,3.5,1.4,0.2],"label":"setosa"}`, or flat
 * `{"sepal_length":5.1,…,"species":"setosa"}`. No spaces, features in the schema's order, label last.
 *
 * `features` has shape [nFeatures]. A text among them is written as text, and a number that is not finite as its name.
 * The trainer rejects such a row with its coordinates, so an error of the source is found and no row is lost.
 */
export function encodeRow(schema: Schema, features: readonly (number | string)[], label: string): string {
  invariant(features.length === schema.features.length, 'a row has one cell per feature of its schema');
  if (schema.layout === 'data')
    return `{"data":[${features.map(cellJson).join(',')}],"label":${JSON.stringify(label)}}`;
  // Concatenated, because an object puts keys like "2" before all others.
  const fields = features.map((cell, i) => `${JSON.stringify(schema.features[i]!.name)}:${cellJson(cell)}`);
  return `{${fields.join(',')},${JSON.stringify(schema.label.name)}:${JSON.stringify(label)}}`;
}

/** A finite number as a JSON number, any other cell as a JSON string. */
function cellJson(cell: number | string): string {
  return typeof cell === 'number' && Number.isFinite(cell) ? String(cell) : JSON.stringify(String(cell));
}

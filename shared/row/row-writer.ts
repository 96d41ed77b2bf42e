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

  constructor(private readonly schema: Schema) {
    const { features, label, layout } = schema;
    this.beginnings = features.map(({ name }, i) => {
      const opening = i > 0 ? ',' : layout === 'data' ? '{"data":[' : '{';
      return Buffer.from(layout === 'data' ? opening : `${opening}${JSON.stringify(name)}:`);
    });
    this.endings = new Map(label.classes.map((name) => [name, Buffer.from(this.ending(name))]));
  }

  /**
   * Adds a row. `features` has shape [nFeatures]; text among them is sent as text, as `encodeRow` does. False for a row
   * that the trainer is bound to refuse: a feature that is text, or a class unknown to the schema.
   */
  add(features: readonly (number | string)[], label: string): boolean {
    const { beginnings, endings } = this;
    let isAllNumbers = true;
    invariant(features.length === beginnings.length, 'a row has one cell per feature of its schema');
    if (this.end > this.from) this.write(NEXT_LINE);
    for (let i = 0; i < features.length; i++) {
      this.write(beginnings[i]!);
      const cell = features[i]!;
      if (typeof cell === 'string') isAllNumbers = false;
      else if (this.writeShort(cell)) continue;
      this.write(Buffer.from(cellJson(cell)));
    }
    const ending = endings.get(label);
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

  private write(piece: Uint8Array): void {
    const at = this.room(piece.length);
    const { bytes } = this;
    // Most pieces are shorter than what a call into the runtime costs.
    if (piece.length > 64) bytes.set(piece, at);
    else for (let i = 0; i < piece.length; i++) bytes[at + i] = piece[i]!;
  }

  /**
   * Writes a number of few decimals; false for any other. A decimal of at most 15 digits is the only one of its length
   * that reads back as its double, and the fewest decimals are tried first, so this is the shortest text, the one that
   * JavaScript gives too.
   */
  private writeShort(value: number): boolean {
    const size = Math.abs(value);
    for (let decimals = 0; decimals <= SHORT_DECIMALS_MAX; decimals++) {
      const digits = Math.round(size * POWERS_OF_TEN[decimals]!);
      if (!(digits < SHORT_DIGITS_BELOW)) return false;
      if (digits / POWERS_OF_TEN[decimals]! !== size) continue;
      this.writeDigits(value < 0, digits, decimals);
      return true;
    }
    return false;
  }

  private writeDigits(isNegative: boolean, digits: number, decimals: number): void {
    let length = decimals + 1;
    while (length < POWERS_OF_TEN.length && digits >= POWERS_OF_TEN[length]!) length++;
    const signAt = this.room(SHORT_NUMBER_BYTES_MAX);
    const { bytes } = this;
    if (isNegative) bytes[signAt] = MINUS;
    let at = signAt + (isNegative ? 1 : 0) + length + (decimals > 0 ? 1 : 0);
    this.end = at;
    let rest = digits;
    for (let i = 0; i < length; i++) {
      if (i === decimals && i > 0) bytes[--at] = POINT;
      const higher = (rest / 10) | 0;
      bytes[--at] = ZERO + rest - higher * 10;
      rest = higher;
    }
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

const NEXT_LINE = Buffer.from('\n');
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;

export type NarrowValues = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** The largest number that an array of so many bytes an element holds exactly. */
const LARGEST: Readonly<Record<number, number>> = {
  1: 0xff,
  2: 0xffff,
  4: 0xffff_ffff,
  8: Number.MAX_SAFE_INTEGER,
};

/**
 * Whole numbers from 0 to 2^53 − 1 in as few bytes each as the largest so far needs. A window has a million rows, and
 * nearly all of their classes, lines and steps between offsets fit into one byte or two.
 */
export class NarrowColumn {
  private largest: number;

  /** `values` is another array once a number is too large for it; the one before stays as it is. */
  constructor(public values: NarrowValues) {
    this.largest = LARGEST[values.BYTES_PER_ELEMENT]!;
  }

  set(i: number, value: number): void {
    if (value > this.largest) this.widen(value);
    this.values[i] = value;
  }

  /** Takes the numbers of a column that is at most as long. */
  copyFrom({ values, largest }: NarrowColumn): void {
    if (largest > this.largest) this.widen(largest);
    this.values.set(values);
  }

  private widen(value: number): void {
    const wider = zerosFor(value, this.values.length);
    wider.set(this.values);
    this.values = wider;
    this.largest = LARGEST[wider.BYTES_PER_ELEMENT]!;
  }
}

/** In shared memory. */
function zerosFor(value: number, length: number): NarrowValues {
  if (value <= LARGEST[2]!) return new Uint16Array(new SharedArrayBuffer(2 * length));
  if (value <= LARGEST[4]!) return new Uint32Array(new SharedArrayBuffer(4 * length));
  return new Float64Array(new SharedArrayBuffer(8 * length));
}

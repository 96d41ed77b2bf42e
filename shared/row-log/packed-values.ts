const CAPACITY_MIN = 16;
/** Each value has its piece, its beginning and its end. */
const RANGE_WIDTH = 3;

/**
 * The values of several messages as ranges of a few pieces of memory. A view of a value takes longer to make and to
 * collect than its row takes to read, so a view is made only when it is asked for.
 */
export class PackedValues {
  length = 0;
  private readonly pieces: Uint8Array[] = [];
  /** Shape [capacity, 3]; a null value ends before it begins. */
  private ranges = new Uint32Array(RANGE_WIDTH * CAPACITY_MIN);

  /** Packs values that are a piece each. */
  static of(values: readonly (Uint8Array | null)[]): PackedValues {
    const packed = new PackedValues();
    for (const value of values) packed.addAlone(value);
    return packed;
  }

  /** Values that are added after this call lie in these bytes. */
  addPiece(bytes: Uint8Array): void {
    this.pieces.push(bytes);
  }

  /** Adds the value in [from, end) of the newest piece. */
  add(from: number, end: number): void {
    const at = this.length * RANGE_WIDTH;
    if (at === this.ranges.length) this.grow();
    this.ranges[at] = this.pieces.length - 1;
    this.ranges[at + 1] = from;
    this.ranges[at + 2] = end;
    this.length++;
  }

  addNull(): void {
    this.add(1, 0);
  }

  /** Adds a value that is a piece by itself. */
  addAlone(value: Uint8Array | null): void {
    if (value === null) {
      this.addNull();
    } else {
      this.addPiece(value);
      this.add(0, value.length);
    }
  }

  isNull(i: number): boolean {
    return this.fromOf(i) > this.endOf(i);
  }

  /** The piece that holds value i at [fromOf(i), endOf(i)). A null value has none. */
  pieceOf(i: number): Uint8Array {
    return this.pieces[this.ranges[i * RANGE_WIDTH]!]!;
  }

  fromOf(i: number): number {
    return this.ranges[i * RANGE_WIDTH + 1]!;
  }

  endOf(i: number): number {
    return this.ranges[i * RANGE_WIDTH + 2]!;
  }

  /** A view of value i. */
  at(i: number): Uint8Array | null {
    return this.isNull(i) ? null : this.pieceOf(i).subarray(this.fromOf(i), this.endOf(i));
  }

  /** A view of each value. */
  views(): (Uint8Array | null)[] {
    return Array.from({ length: this.length }, (_, i) => this.at(i));
  }

  private grow(): void {
    const wider = new Uint32Array(2 * this.ranges.length);
    wider.set(this.ranges);
    this.ranges = wider;
  }
}

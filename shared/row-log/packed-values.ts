const CAPACITY_MIN = 16;
/** Piece, beginning and end of each value. */
const PLACE_WIDTH = 3;

/**
 * The values of some messages where they lie: in a few pieces of memory, each value a range of one of them. A view of
 * every value takes longer to make and to collect than the row in it takes to be read, so views are made only of those
 * that somebody asks for.
 */
export class PackedValues {
  length = 0;
  private readonly pieces: Uint8Array[] = [];
  /** Shape [capacity, 3]; a null value ends before it begins. */
  private places = new Uint32Array(PLACE_WIDTH * CAPACITY_MIN);

  /** Values that lie apart, a piece each. */
  static of(values: readonly (Uint8Array | null)[]): PackedValues {
    const packed = new PackedValues();
    for (const value of values) packed.addAlone(value);
    return packed;
  }

  /** The values that are added from now on lie in these bytes. */
  addPiece(bytes: Uint8Array): void {
    this.pieces.push(bytes);
  }

  /** Adds the value in [from, end) of the newest piece. */
  add(from: number, end: number): void {
    const at = this.length * PLACE_WIDTH;
    if (at === this.places.length) this.grow();
    this.places[at] = this.pieces.length - 1;
    this.places[at + 1] = from;
    this.places[at + 2] = end;
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

  /** The piece that value i lies in, at [fromOf(i), endOf(i)); not for a null value. */
  pieceOf(i: number): Uint8Array {
    return this.pieces[this.places[i * PLACE_WIDTH]!]!;
  }

  fromOf(i: number): number {
    return this.places[i * PLACE_WIDTH + 1]!;
  }

  endOf(i: number): number {
    return this.places[i * PLACE_WIDTH + 2]!;
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
    const wider = new Uint32Array(2 * this.places.length);
    wider.set(this.places);
    this.places = wider;
  }
}

/**
 * Accepted rows in read order, as growing typed arrays without an object a row. Row i has its 0-based line in
 * `lines[i]`, its class index in `classes[i]` and its features in `features[i * featureCount …]`. The owner of the
 * columns keeps the offset of each row's message.
 */
export class RowColumns {
  readonly featureCount: number;
  rowCount = 0;
  lines: Uint32Array;
  classes: Uint32Array;
  features: Float64Array;

  constructor(featureCount: number, capacity = 64) {
    this.featureCount = featureCount;
    this.lines = new Uint32Array(capacity);
    this.classes = new Uint32Array(capacity);
    this.features = new Float64Array(capacity * featureCount);
  }

  /** Reserves a row and returns the index in `features` for its values; `commit` then counts the row. */
  reserve(): number {
    if (this.rowCount === this.classes.length) this.grow();
    return this.rowCount * this.featureCount;
  }

  /** Counts the reserved row, whose features have been written. */
  commit(line: number, classIndex: number): void {
    this.lines[this.rowCount] = line;
    this.classes[this.rowCount] = classIndex;
    this.rowCount++;
  }

  /** Removes the oldest `rows` rows; the others move to the front. */
  dropFirst(rows: number): void {
    this.lines.copyWithin(0, rows, this.rowCount);
    this.classes.copyWithin(0, rows, this.rowCount);
    this.features.copyWithin(0, rows * this.featureCount, this.rowCount * this.featureCount);
    this.rowCount -= rows;
  }

  private grow(): void {
    const capacity = this.classes.length * 2;
    this.lines = grown(this.lines, new Uint32Array(capacity));
    this.classes = grown(this.classes, new Uint32Array(capacity));
    this.features = grown(this.features, new Float64Array(capacity * this.featureCount));
  }
}

function grown<T extends Uint32Array | Float64Array>(from: T, into: T): T {
  into.set(from);
  return into;
}

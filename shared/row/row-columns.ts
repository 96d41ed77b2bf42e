/**
 * Accepted rows in the order in which they were read, as growing typed arrays: no object per row.
 * Row i has its 0-based line in `lines[i]`, its class index in `classes[i]` and its features in
 * `features[i * featureCount …]`. Which message a row came from is kept by whoever owns the columns.
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

  /** Makes room for one more row and gives the index in `features` where its values go; `commit` then counts it. */
  reserve(): number {
    if (this.rowCount === this.classes.length) this.grow();
    return this.rowCount * this.featureCount;
  }

  /** Counts the row whose features were written at the reserved place. */
  commit(line: number, classIndex: number): void {
    this.lines[this.rowCount] = line;
    this.classes[this.rowCount] = classIndex;
    this.rowCount++;
  }

  /** Forgets the oldest rows; the others move down by that many. */
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

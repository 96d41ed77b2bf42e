const PLACES = 4;
/** Class counts that stay for the next fit: a path of two thousand nodes with thirty classes. */
const KEPT_COUNTS_MAX = 65_536;

/** Nodes still to be added; the popped one stands in the fields. Grows to the deepest path and to the most classes. */
export class LocalStack {
  from = 0;
  to = 0;
  depth = 0;
  parent = -1;
  /** Rows of each class of the popped node, shape [classes]. */
  counts = new Float64Array(0);
  private places = new Int32Array(0);
  private pendingCounts = new Float64Array(0);
  private length = 0;

  /** Empties the stack for nodes with so many classes. */
  begin(classes: number): void {
    this.length = 0;
    if (this.pendingCounts.length > KEPT_COUNTS_MAX) this.pendingCounts = new Float64Array(0);
    if (this.counts.length !== classes) this.counts = new Float64Array(classes);
  }

  push(from: number, to: number, depth: number, parent: number, counts: Float64Array): void {
    const at = this.length * PLACES;
    const base = this.length * counts.length;
    if (at + PLACES > this.places.length || base + counts.length > this.pendingCounts.length) this.grow();
    const { places, pendingCounts } = this;
    places[at] = from;
    places[at + 1] = to;
    places[at + 2] = depth;
    places[at + 3] = parent;
    for (let k = 0; k < counts.length; k++) pendingCounts[base + k] = counts[k]!;
    this.length++;
  }

  pop(): boolean {
    if (this.length === 0) return false;
    this.length--;
    const { places, pendingCounts, counts } = this;
    const at = this.length * PLACES;
    const base = this.length * counts.length;
    this.from = places[at]!;
    this.to = places[at + 1]!;
    this.depth = places[at + 2]!;
    this.parent = places[at + 3]!;
    for (let k = 0; k < counts.length; k++) counts[k] = pendingCounts[base + k]!;
    return true;
  }

  private grow(): void {
    const nodes = Math.max(64, this.length * 2);
    const { places, pendingCounts } = this;
    const classes = this.counts.length;
    this.places = new Int32Array(nodes * PLACES);
    this.places.set(places.subarray(0, this.length * PLACES));
    this.pendingCounts = new Float64Array(nodes * classes);
    this.pendingCounts.set(pendingCounts.subarray(0, this.length * classes));
  }
}

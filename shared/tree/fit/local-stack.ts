/** Nodes still to be added; the popped one stands in the fields. */
export class LocalStack {
  from = 0;
  to = 0;
  depth = 0;
  parent = -1;
  readonly counts: Float64Array;
  /** Room for the counts of two children. */
  readonly left: Float64Array;
  readonly right: Float64Array;
  private readonly places: Int32Array;
  private readonly pendingCounts: Float64Array;
  private length = 0;

  constructor(
    capacity: number,
    private readonly classes: number,
  ) {
    this.counts = new Float64Array(classes);
    this.left = new Float64Array(classes);
    this.right = new Float64Array(classes);
    this.places = new Int32Array(capacity * 4);
    this.pendingCounts = new Float64Array(capacity * classes);
  }

  push(from: number, to: number, depth: number, parent: number, counts: Float64Array): void {
    const at = this.length++ * 4;
    this.places[at] = from;
    this.places[at + 1] = to;
    this.places[at + 2] = depth;
    this.places[at + 3] = parent;
    const base = (at / 4) * this.classes;
    for (let k = 0; k < this.classes; k++) this.pendingCounts[base + k] = counts[k]!;
  }

  pop(): boolean {
    if (this.length === 0) return false;
    const at = --this.length * 4;
    this.from = this.places[at]!;
    this.to = this.places[at + 1]!;
    this.depth = this.places[at + 2]!;
    this.parent = this.places[at + 3]!;
    const base = (at / 4) * this.classes;
    for (let k = 0; k < this.classes; k++) this.counts[k] = this.pendingCounts[base + k]!;
    return true;
  }
}

import type { Boundary } from './boundary-search';

/** Leaves that wait for their split, in the order in which they were made; a tree has few, so they are simply walked. */
export class OpenLeaves<Leaf extends { readonly boundary: Boundary }> {
  private readonly leaves: Leaf[] = [];

  add(leaf: Leaf): void {
    this.leaves.push(leaf);
  }

  /** Takes out the leaf with the largest drop, of equal ones the one that was made first; null when there is none. */
  takeBest(): Leaf | null {
    let best = -1;
    for (let i = 0; i < this.leaves.length; i++) {
      if (best < 0 || this.leaves[i]!.boundary.drop > this.leaves[best]!.boundary.drop) best = i;
    }
    return best < 0 ? null : this.leaves.splice(best, 1)[0]!;
  }

  /** How many leaves have a drop of at least so much; stops at `enough`. */
  countAtLeast(drop: number, enough: number): number {
    let count = 0;
    for (let i = 0; i < this.leaves.length && count < enough; i++) {
      if (this.leaves[i]!.boundary.drop >= drop) count++;
    }
    return count;
  }
}

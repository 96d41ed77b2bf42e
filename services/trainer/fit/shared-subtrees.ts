import type { CodedColumn } from '../../../shared/engine/exact/column-codes';
import type { FitRoom } from '../../../shared/engine/exact/fit-room';
import { fitSubtree, type Subtree } from '../../../shared/engine/exact/subtrees';
import type { FitTuning } from '../../../shared/engine/exact/tuning';
import type { FitLimits, TrainingSet } from '../../../shared/engine/training-set';
import type { Tree } from '../../../shared/tree/tree';

/** Subtrees that several threads fit, each the next one that nobody has begun. */
export interface SharedSubtrees {
  readonly rows: TrainingSet;
  readonly columns: readonly CodedColumn[];
  readonly limits: FitLimits;
  readonly tuning: FitTuning;
  readonly subtrees: readonly Subtree[];
  /** How many were begun; one number in shared memory. */
  readonly begun: Int32Array;
}

/** A fitted subtree and the leaf of the top tree that it replaces. */
export interface Graft {
  readonly node: number;
  readonly tree: Tree;
}

/**
 * Fits subtrees until none is left. How long one takes cannot be told from its rows: one of nearly a single class is done
 * at once. So they are not shared out beforehand.
 */
export function fitSharedSubtrees(shared: SharedSubtrees, room: FitRoom): Graft[] {
  const { rows, columns, limits, tuning, subtrees, begun } = shared;
  const grafts: Graft[] = [];
  for (;;) {
    const subtree = subtrees[Atomics.add(begun, 0, 1)];
    if (subtree === undefined) return grafts;
    grafts.push({ node: subtree.node, tree: fitSubtree(rows, columns, limits, tuning, subtree, room) });
  }
}

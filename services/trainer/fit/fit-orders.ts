import type { EngineName } from '../../../shared/engine/engine';
import type { CodedColumn } from '../../../shared/engine/exact/column-codes';
import type { SharedSubtrees } from '../../../shared/engine/exact/subtrees';
import type { FitLimits, TrainingSet } from '../../../shared/engine/training-set';
import type { OperatingFault } from '../../../shared/errors';
import type { Tree } from '../../../shared/tree/tree';
import type { WindowTable } from '../window/gather-rows';

/** Fits the tree of a window. The worker reads the rows where they are: they must not change before its answer. */
export interface TreeOrder {
  readonly kind: 'tree';
  readonly engine: EngineName;
  readonly window: WindowTable;
  readonly limits: FitLimits;
  /** Threads that share a large fit, the worker's own included. */
  readonly threads: number;
}

/** Codes some columns of a table in shared memory. */
interface CodeOrder {
  readonly kind: 'code';
  readonly rows: TrainingSet;
  readonly features: readonly number[];
  readonly bucketsMax: number;
  /** Arrays that receive the codes, one for each feature of the table. */
  readonly codes: readonly Uint16Array[];
}

/** Fits subtrees of a shared list until none is left. */
interface SubtreesOrder {
  readonly kind: 'subtrees';
  readonly shared: SharedSubtrees;
  /** Shared memory for the lists and codes of one subtree after another, from byte `memoryFrom` on. */
  readonly memory: ArrayBufferLike;
  readonly memoryFrom: number;
}

/** The work that a thread of a fit does, one order at a time. */
export type FitOrder = TreeOrder | CodeOrder | SubtreesOrder;

/** The result of each kind of order. */
export interface FitResults {
  /** The canonical text of the tree. */
  readonly tree: string;
  /** The coded columns, in the order of `features`. */
  readonly code: readonly CodedColumn[];
  /** The fitted subtrees, each with the leaf of the tree top that it replaces. */
  readonly subtrees: readonly { readonly node: number; readonly tree: Tree }[];
}

export type FitAnswer<Kind extends FitOrder['kind']> =
  | { readonly ok: true; readonly result: FitResults[Kind] }
  | { readonly ok: false; readonly code: OperatingFault; readonly message: string };

import type { TreeBuilder } from '../../tree/tree-builder';
import type { FitLimits, TrainingSet } from '../training-set';
import type { LocalFit } from './local-fit';
import { RowPartition } from './row-partition';
import { ValueSort } from './sort-values';
import { goesOn } from './split-node-rows';
import { SplitSearch } from './split-search';

/** A node whose rows are the range [from, to) of every order, still to be added to the tree. */
interface PendingNode {
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  readonly parent: number;
  readonly counts: Float64Array;
}

/**
 * Fits a subtree by sorting each of its columns once and dividing the sorted orders at every split (presorting as in
 * SLIQ; Mehta, Agrawal and Rissanen, 1996): for nodes whose labels are so close to noise that histograms decide little.
 */
export class PresortedFit {
  constructor(
    private readonly rows: TrainingSet,
    private readonly limits: FitLimits,
    private readonly builder: TreeBuilder,
    private readonly local: LocalFit,
    private readonly localRowsMax: number,
  ) {}

  /** Adds the subtree of the rows of these numbers below `parent`; `counts` are their classes. */
  fit(numbers: Uint32Array, depth: number, parent: number, counts: Float64Array): void {
    const { rows, limits, builder } = this;
    const orders = this.sortColumns(numbers);
    const search = new SplitSearch(rows, orders, limits.minLeafRows);
    const partition = new RowPartition(rows, orders);
    const pending: PendingNode[] = [{ from: 0, to: numbers.length, depth, parent, counts }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { from, to } = next;
      const isLeaf = !goesOn(next.counts, next.depth, limits);
      if (!isLeaf && to - from <= this.localRowsMax) {
        this.local.fit(orders[0]!.subarray(from, to), to - from, next.depth, next.parent, next.counts);
        continue;
      }
      const node = builder.addLeaf(next.parent, next.counts);
      if (isLeaf) continue;
      const split = search.find(from, to, next.counts);
      if (split === null) continue;
      builder.split(node, split.feature, split.threshold);
      partition.cut(from, to, split);
      const left = this.countClasses(orders[split.feature]!, from, split.position);
      const right = next.counts.map((count, k) => count - left[k]!);
      pending.push({ from: split.position, to, depth: next.depth + 1, parent: node, counts: right });
      pending.push({ from, to: split.position, depth: next.depth + 1, parent: node, counts: left });
    }
  }

  private sortColumns(numbers: Uint32Array): Uint32Array[] {
    const values = new Float64Array(numbers.length);
    const valueSort = new ValueSort(numbers.length);
    return this.rows.columns.map((column) => {
      for (let i = 0; i < numbers.length; i++) values[i] = column[numbers[i]!]!;
      valueSort.sort(values, numbers.length);
      return gatherNumbers(numbers, valueSort.order);
    });
  }

  private countClasses(order: Uint32Array, from: number, to: number): Float64Array {
    const counts = new Float64Array(this.rows.classNames.length);
    for (let i = from; i < to; i++) counts[this.rows.classes[order[i]!]!]!++;
    return counts;
  }
}

function gatherNumbers(numbers: Uint32Array, order: Uint32Array): Uint32Array {
  const gathered = new Uint32Array(numbers.length);
  for (let i = 0; i < gathered.length; i++) gathered[i] = numbers[order[i]!]!;
  return gathered;
}

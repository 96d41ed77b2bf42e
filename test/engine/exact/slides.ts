import type { RowOrigins, WindowMove } from '../../../shared/engine/exact/kept-rows';
import type { TrainingSet } from '../../../shared/engine/training-set';

/** Windows of a stream that is dealt out to partitions: row i goes to partition i mod P, where it is row floor(i / P). */
export class KeptSlides {
  private readonly from: number[];
  private readonly end: number[];

  /** The first window has so many rows of each partition. */
  constructor(
    private readonly stream: TrainingSet,
    partitions: number,
    rowsOfEach: number,
  ) {
    this.from = Array.from({ length: partitions }, () => 0);
    this.end = this.from.map(() => rowsOfEach);
  }

  /** All rows of the window. */
  whole(): [TrainingSet, RowOrigins] {
    return this.rowsBetween(this.from, this.end);
  }

  /** Moves the window: so many rows of each partition come, and go as far as there are any; one of each remains. */
  move(come: readonly number[], go: readonly number[]): WindowMove {
    const before = this.end.slice();
    for (const [p, rows] of come.entries()) this.end[p]! += rows;
    for (const [p, rows] of go.entries()) this.from[p] = Math.min(this.from[p]! + rows, this.end[p]! - 1);
    const addedFrom = before.map((end, p) => Math.max(end, this.from[p]!));
    const [added, origins] = this.rowsBetween(addedFrom, this.end);
    return { keptFrom: this.from.slice(), added, origins };
  }

  private rowsBetween(from: readonly number[], end: readonly number[]): [TrainingSet, RowOrigins] {
    const sources: number[] = [];
    const sequences: number[] = [];
    for (const [partition, first] of from.entries()) {
      for (let row = first; row < end[partition]!; row++) {
        sources.push(partition);
        sequences.push(row);
      }
    }
    const numbers = sequences.map((row, i) => row * from.length + sources[i]!);
    const { stream } = this;
    if (Math.max(...numbers) >= stream.rowCount) throw new Error('the stream is at its end');
    const rows = {
      ...stream,
      rowCount: numbers.length,
      columns: stream.columns.map((column) => Float64Array.from(numbers, (row) => column[row]!)),
      classes: Uint32Array.from(numbers, (row) => stream.classes[row]!),
    };
    return [rows, { sources: Uint32Array.from(sources), sequences: Float64Array.from(sequences) }];
  }
}

/** The rows of some tables as one. */
export function rowsOf(tables: readonly TrainingSet[]): TrainingSet {
  const [first] = tables;
  return {
    ...first!,
    rowCount: tables.reduce((rows, { rowCount }) => rows + rowCount, 0),
    columns: first!.columns.map((_, f) =>
      Float64Array.from(tables.flatMap(({ columns }) => [...columns[f]!])),
    ),
    classes: Uint32Array.from(tables.flatMap(({ classes }) => [...classes])),
  };
}

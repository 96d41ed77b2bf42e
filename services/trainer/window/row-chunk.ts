import type { ChunkMemory } from './chunk-memory';
import { NarrowColumn, type NarrowValues } from './narrow-column';

/**
 * Some rows of a partition that follow each other. All arrays are shared memory: the thread of a fit reads the rows
 * where they are, while this one writes others behind them.
 */
export class RowChunk {
  rowCount = 0;
  /** Row-major, shape [capacity, features]. */
  readonly features: Float64Array;
  /** 1 for a row that no version is ever fitted on; shape [capacity]. */
  readonly heldOut: Uint8Array;
  private readonly classColumn: NarrowColumn;
  private readonly lineColumn: NarrowColumn;
  /** How far a row's offset is above that of the first row; in a chunk of full size one byte would not do. */
  private readonly offsetSteps: NarrowColumn;
  private firstOffset = 0;

  constructor(
    featureCount: number,
    private readonly capacity: number,
    chunkMemory: ChunkMemory,
  ) {
    const smallAt = 8 * featureCount * capacity;
    const { memory, from } = chunkMemory.take(smallAt + 8 * Math.ceil((5 * capacity) / 8));
    const bytesAt = from + smallAt + 2 * capacity;
    this.features = new Float64Array(memory, from, featureCount * capacity);
    this.offsetSteps = new NarrowColumn(new Uint16Array(memory, from + smallAt, capacity));
    this.classColumn = new NarrowColumn(new Uint8Array(memory, bytesAt, capacity));
    this.lineColumn = new NarrowColumn(new Uint8Array(memory, bytesAt + capacity, capacity));
    this.heldOut = new Uint8Array(memory, bytesAt + 2 * capacity, capacity);
  }

  /** Class index of every row, shape [capacity]. */
  get classes(): NarrowValues {
    return this.classColumn.values;
  }

  /** 0-based line of every row in its message, shape [capacity]. */
  get lines(): NarrowValues {
    return this.lineColumn.values;
  }

  get isFull(): boolean {
    return this.rowCount === this.capacity;
  }

  /** Counts the row whose features were written behind the others. */
  commit(line: number, classIndex: number): void {
    this.lineColumn.set(this.rowCount, line);
    this.classColumn.set(this.rowCount, classIndex);
    this.rowCount++;
  }

  /** Labels come in the order of rows, and offsets never fall. */
  label(row: number, offset: number, isHeldOut: boolean): void {
    if (row === 0) this.firstOffset = offset;
    this.offsetSteps.set(row, offset - this.firstOffset);
    this.heldOut[row] = isHeldOut ? 1 : 0;
  }

  offsetOf(row: number): number {
    return this.firstOffset + this.offsetSteps.values[row]!;
  }

  /** Takes the rows of a chunk that is at most as large. */
  copyFrom(chunk: RowChunk): void {
    this.features.set(chunk.features);
    this.heldOut.set(chunk.heldOut);
    this.classColumn.copyFrom(chunk.classColumn);
    this.lineColumn.copyFrom(chunk.lineColumn);
    this.offsetSteps.copyFrom(chunk.offsetSteps);
    this.firstOffset = chunk.firstOffset;
    this.rowCount = chunk.rowCount;
  }
}

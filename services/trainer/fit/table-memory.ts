import { ScratchArena } from '../../../shared/engine/exact/scratch-arena';
import type { TableArrays } from '../window/gather-rows';

/** For a window of fewer values, threads and memory that stays for the next fit cost more than they save. */
const LARGE_TABLE_VALUES_MIN = 1_000_000;
/** A window that is still filling needs a little more memory for each fit. */
const HEADROOM = 1.25;

/** The arrays of a large table, and the arena of its fit. */
interface LargeTable extends TableArrays {
  readonly arena: ScratchArena;
}

export function isLargeTable(rowCount: number, featureCount: number): boolean {
  return rowCount * featureCount >= LARGE_TABLE_VALUES_MIN;
}

/**
 * One piece of shared memory for one large table after another. V8 does not count shared memory, so three or four tables
 * that were made anew for every fit would wait for a collection that nothing triggers. And the C library keeps freed pieces
 * below 32 MiB, but returns larger ones to the system.
 */
export class TableMemory {
  private memory = new SharedArrayBuffer(0);

  /** Arrays for a table. They overwrite those of the table before. */
  take(rowCount: number, featureCount: number): LargeTable {
    // Doubles come first. The arena behind the classes begins at a multiple of eight bytes.
    const classesAt = 8 * featureCount * rowCount;
    const arenaAt = classesAt + 8 * Math.ceil(rowCount / 2);
    const memory = this.memoryOf(arenaAt + ScratchArena.bytesFor(rowCount, featureCount));
    return {
      columns: Array.from(
        { length: featureCount },
        (_, feature) => new Float64Array(memory, 8 * feature * rowCount, rowCount),
      ),
      classes: new Uint32Array(memory, classesAt, rowCount),
      arena: new ScratchArena(memory, arenaAt),
    };
  }

  private memoryOf(bytes: number): SharedArrayBuffer {
    if (this.memory.byteLength < bytes) this.memory = new SharedArrayBuffer(Math.ceil(bytes * HEADROOM));
    return this.memory;
  }
}

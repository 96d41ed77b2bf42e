import { ScratchArena } from '../../../shared/engine/exact/scratch-arena';
import type { TableArrays } from '../window/gather-rows';

/** Values in a window below which threads, and memory that is kept for the next fit, cost more than they save. */
const LARGE_TABLE_VALUES_MIN = 1_000_000;
/** A window that still fills needs a little more each time. */
const HEADROOM = 1.25;

/** The arrays of a large table, and arena for what a fit makes of its rows. */
export interface LargeTable extends TableArrays {
  readonly arena: ScratchArena;
}

export function isLargeTable(rowCount: number, featureCount: number): boolean {
  return rowCount * featureCount >= LARGE_TABLE_VALUES_MIN;
}

/**
 * Shared memory for one large table after another, in one piece. V8 does not count shared memory, so tables that are
 * made anew for every fit wait for a collection that nothing asks for, three or four of them. And the C library keeps
 * pieces below 32 MiB that are freed, but gives larger ones back to the system.
 */
export class TableMemory {
  private memory = new SharedArrayBuffer(0);

  /** What was there before is gone. */
  take(rowCount: number, featureCount: number): LargeTable {
    // Doubles come first, and the arena begins at a multiple of eight bytes behind the classes.
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

/** A node this many times smaller than its block gets a block of its own (`RowBlock.copy`). */
export const COPY_FACTOR = 4;

const ALIGNMENT_BYTES = 8;
/** The deepest nesting of blocks: with a COPY_FACTOR of 4 the sixteenth copy of 2^32 rows has one row. */
const NESTED_BLOCKS_MAX = 16;
/** Parts of one arena: its own, and one for each of at most 16 threads that fit subtrees. */
const PARTS_MAX = 17;

/**
 * Memory for the lists and codes of a fit, taken and released like a stack. All of them lie in one piece of memory, which
 * the next fit uses again. Arrays made one by one would wait for the garbage collector beside those of the next fits.
 */
export class ScratchArena {
  private takenBytes = 0;

  constructor(
    readonly memory: ArrayBufferLike,
    /** The byte of `memory` where the arena begins. */
    readonly from = 0,
  ) {}

  /** The most bytes that a fit takes, threads that fit subtrees of two thirds of the rows side by side included. */
  static bytesFor(rowCount: number, featureCount: number): number {
    const { codes, copies, gaps } = bytesOfRow(featureCount);
    const rowsOfSubtrees = 4;
    const rowIdsOrderAndScratch = 3 * 4;
    const top = rowIdsOrderAndScratch + copies;
    const subtrees = ((codes + 2 * 4 + copies) * 2) / 3;
    return Math.ceil(rowCount * (codes + rowsOfSubtrees + Math.max(top, subtrees))) + PARTS_MAX * gaps;
  }

  static of(rowCount: number, featureCount: number): ScratchArena {
    return new ScratchArena(new ArrayBuffer(ScratchArena.bytesFor(rowCount, featureCount)));
  }

  /** A part of this arena for subtrees of at most `rowsMax` rows, one after the other. */
  subtreeArena(rowsMax: number, featureCount: number): ScratchArena {
    const { codes, copies, gaps } = bytesOfRow(featureCount);
    const orderAndScratch = 2 * 4;
    const at = this.take(Math.ceil(rowsMax * (codes + orderAndScratch + copies)) + gaps);
    return new ScratchArena(this.memory, at);
  }

  /** The bytes taken so far. `release` with this number releases all that is taken later. */
  checkpoint(): number {
    return this.takenBytes;
  }

  release(checkpoint: number): void {
    this.takenBytes = checkpoint;
  }

  /** Not zeroed. */
  uint16(count: number): Uint16Array {
    return new Uint16Array(this.memory, this.take(count * Uint16Array.BYTES_PER_ELEMENT), count);
  }

  /** Not zeroed. */
  uint32(count: number): Uint32Array {
    return new Uint32Array(this.memory, this.take(count * Uint32Array.BYTES_PER_ELEMENT), count);
  }

  private take(bytes: number): number {
    const at = this.from + this.takenBytes;
    this.takenBytes += Math.ceil(bytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    return at;
  }
}

/** A copied block, with its codes, row ids and order, is a COPY_FACTOR-th of the block that it copies: a geometric series. */
function bytesOfRow(featureCount: number): { codes: number; copies: number; gaps: number } {
  const codes = 2 * featureCount;
  const arraysOfBlock = featureCount + 2;
  return {
    codes,
    copies: (codes + 2 * 4) / (COPY_FACTOR - 1),
    gaps: NESTED_BLOCKS_MAX * arraysOfBlock * ALIGNMENT_BYTES,
  };
}

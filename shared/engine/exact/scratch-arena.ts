/** A node this many times smaller than its block gets a block of its own (`RowBlock.copy`). */
export const COPY_FACTOR = 4;

const ALIGNMENT_BYTES = 8;
/** Blocks that lie in each other: with a COPY_FACTOR of 4 the innermost of 2^32 rows has one. */
const NESTED_BLOCKS_MAX = 16;
/** Rooms that lie in one: its own, and one for each thread that fits subtrees. */
const PARTS_MAX = 17;

/**
 * Memory for the lists and codes of a fit, taken and given back like a stack's. One piece for all of them, which the
 * next fit may use again: arrays made one by one would wait for a collection beside those of the next fits.
 */
export class ScratchArena {
  private takenBytes = 0;

  constructor(
    readonly memory: ArrayBufferLike,
    /** Where it begins in `memory`. */
    readonly from = 0,
  ) {}

  /** What a fit of so many rows takes at most, also if threads fit subtrees of two thirds of the rows at once. */
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

  /** Room for subtrees of at most so many rows, one after the other. */
  subtreeArena(rowsMax: number, featureCount: number): ScratchArena {
    const { codes, copies, gaps } = bytesOfRow(featureCount);
    const orderAndScratch = 2 * 4;
    const at = this.take(Math.ceil(rowsMax * (codes + orderAndScratch + copies)) + gaps);
    return new ScratchArena(this.memory, at);
  }

  /** How much is taken; `giveBack` gives back all that was taken since. */
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

/** A block with its codes, numbers and places is a COPY_FACTOR-th of the one that it lies in, and so on. */
function bytesOfRow(featureCount: number): { codes: number; copies: number; gaps: number } {
  const codes = 2 * featureCount;
  const arraysOfBlock = featureCount + 2;
  return {
    codes,
    copies: (codes + 2 * 4) / (COPY_FACTOR - 1),
    gaps: NESTED_BLOCKS_MAX * arraysOfBlock * ALIGNMENT_BYTES,
  };
}

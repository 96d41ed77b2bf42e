/** A place in shared memory that nothing else lies in. */
export interface MemoryPlace {
  readonly memory: SharedArrayBuffer;
  readonly from: number;
}

/** Bytes of a store that is small. */
const SMALL_STORE_BYTES = 4_194_304;
/** Just above the 32 MiB from which glibc asks the system for memory of its own whatever was freed before. */
const SLAB_BYTES = 33 * 2 ** 20;

/**
 * Shared memory for the chunks of a store. Those of a small one get pieces of their own; those of a large one lie side by
 * side in slabs, apart from everything else in the process: between them, what is read and dropped all the time could
 * not be given back to the system. A slab is not resident where nothing was written yet.
 */
export class ChunkMemory {
  private smallBytesLeft = SMALL_STORE_BYTES;
  private slab: SharedArrayBuffer | null = null;
  private slabBytesTaken = 0;

  /** Zeroed; begins at a multiple of eight bytes, as long as `bytes` is one. */
  take(bytes: number): MemoryPlace {
    this.smallBytesLeft -= bytes;
    if (this.smallBytesLeft >= 0) return { memory: new SharedArrayBuffer(bytes), from: 0 };
    if (this.slab === null || this.slabBytesTaken + bytes > this.slab.byteLength) {
      this.slab = new SharedArrayBuffer(Math.max(SLAB_BYTES, bytes));
      this.slabBytesTaken = 0;
    }
    const from = this.slabBytesTaken;
    this.slabBytesTaken += bytes;
    return { memory: this.slab, from };
  }
}

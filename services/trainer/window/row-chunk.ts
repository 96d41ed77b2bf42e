/**
 * Consecutive rows of a partition. All arrays are shared memory: the thread of a fit reads the rows in place while this
 * thread appends others behind them.
 */
export class RowChunk {
  rowCount = 0;
  /** Row-major, shape [capacity, features]. */
  readonly features: Float64Array;
  /** 1 for a row that no version is ever fitted on; shape [capacity]. */
  readonly heldOut: Uint8Array;
  private readonly classColumn: NarrowColumn;
  private readonly lineColumn: NarrowColumn;
  /** A row's offset minus the first row's offset. A full chunk has more rows than one byte can count. */
  private readonly offsetSteps: NarrowColumn;
  private firstOffset = 0;

  constructor(
    featureCount: number,
    private readonly capacity: number,
    chunkMemory: ChunkMemory,
  ) {
    const smallAt = 8 * featureCount * capacity;
    const { memory, from } = chunkMemory.allocate(smallAt + 8 * Math.ceil((5 * capacity) / 8));
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

  /** Rows are labelled in their order, and offsets never fall. */
  label(row: number, offset: number, isHeldOut: boolean): void {
    if (row === 0) this.firstOffset = offset;
    this.offsetSteps.set(row, offset - this.firstOffset);
    this.heldOut[row] = isHeldOut ? 1 : 0;
  }

  offsetOf(row: number): number {
    return this.firstOffset + this.offsetSteps.values[row]!;
  }

  /** Copies the rows of a chunk that is at most as large. */
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

/** Bytes of a store that is small. */
const SMALL_STORE_BYTES = 4_194_304;
/** Just above 32 MiB: from that size on glibc maps memory of its own and returns it to the system when it is freed. */
const SLAB_BYTES = 33 * 2 ** 20;

/**
 * Shared memory for the chunks of one store. A small store gets one buffer a chunk. A large store gets slabs that hold
 * many chunks side by side and nothing else: short-lived objects between the chunks would keep the allocator from
 * returning memory to the system. Pages of a slab become resident when they are first written.
 */
export class ChunkMemory {
  private smallBytesLeft = SMALL_STORE_BYTES;
  private slab: SharedArrayBuffer | null = null;
  private slabBytesUsed = 0;

  /** A zeroed range of its own; it begins at a multiple of eight bytes as long as every `bytes` is one. */
  allocate(bytes: number): { readonly memory: SharedArrayBuffer; readonly from: number } {
    this.smallBytesLeft -= bytes;
    if (this.smallBytesLeft >= 0) return { memory: new SharedArrayBuffer(bytes), from: 0 };
    if (this.slab === null || this.slabBytesUsed + bytes > this.slab.byteLength) {
      this.slab = new SharedArrayBuffer(Math.max(SLAB_BYTES, bytes));
      this.slabBytesUsed = 0;
    }
    const from = this.slabBytesUsed;
    this.slabBytesUsed += bytes;
    return { memory: this.slab, from };
  }
}

export type NarrowValues = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** The largest whole number that an element of so many bytes holds exactly. */
const LARGEST: Readonly<Record<number, number>> = {
  1: 0xff,
  2: 0xffff,
  4: 0xffff_ffff,
  8: Number.MAX_SAFE_INTEGER,
};

/**
 * Whole numbers from 0 to 2^53 − 1, each in as few bytes as the largest one needs. A window has up to a million rows,
 * and nearly all of their classes, lines and steps between offsets fit into one byte or two.
 */
export class NarrowColumn {
  private largest: number;

  /** A number that is too large replaces `values` by a wider array; the narrow array stays as it is. */
  constructor(public values: NarrowValues) {
    this.largest = LARGEST[values.BYTES_PER_ELEMENT]!;
  }

  set(i: number, value: number): void {
    if (value > this.largest) this.widen(value);
    this.values[i] = value;
  }

  /** Copies the numbers of a column that is at most as long. */
  copyFrom({ values, largest }: NarrowColumn): void {
    if (largest > this.largest) this.widen(largest);
    this.values.set(values);
  }

  private widen(value: number): void {
    const wider = zerosFor(value, this.values.length);
    wider.set(this.values);
    this.values = wider;
    this.largest = LARGEST[wider.BYTES_PER_ELEMENT]!;
  }
}

/** In shared memory. */
function zerosFor(value: number, length: number): NarrowValues {
  if (value <= LARGEST[2]!) return new Uint16Array(new SharedArrayBuffer(2 * length));
  if (value <= LARGEST[4]!) return new Uint32Array(new SharedArrayBuffer(4 * length));
  return new Float64Array(new SharedArrayBuffer(8 * length));
}

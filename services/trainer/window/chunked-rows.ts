import { ChunkMemory } from './chunk-memory';
import type { NarrowValues } from './narrow-column';
import { RowChunk } from './row-chunk';

/** 512 KiB of features: small beside a window that is worth counting, and few enough chunks to walk through. */
const CHUNK_VALUES = 65_536;
const FIRST_ROWS = 64;

/** Rows [from, end) of one chunk, as arrays that may be handed to another thread. */
export interface RowPiece {
  /** Row `from` is this store's row of that number, counted from the first one ever; a row is never changed. */
  readonly firstRow: number;
  /** Row-major: row i begins at i × features. */
  readonly features: Float64Array;
  readonly classes: NarrowValues;
  readonly heldOut: Uint8Array;
  readonly from: number;
  readonly end: number;
}

/**
 * Rows in the order in which they were read, in chunks of equal size. The newest chunk has room behind its rows and the
 * others have none to spare; the oldest rows go a chunk at a time, so no row ever moves and nothing is copied.
 */
export class ChunkedRows {
  rowCount = 0;
  /** Rows that were dropped. */
  private droppedRows = 0;
  private readonly chunks: RowChunk[];
  private newest: RowChunk;
  /** Chunks that were dropped and are the next to be written: what falls out of a window makes room for the new. */
  private readonly spares: RowChunk[] = [];
  private readonly memory = new ChunkMemory();

  constructor(
    readonly featureCount: number,
    readonly chunkRows = Math.max(1, Math.floor(CHUNK_VALUES / featureCount)),
  ) {
    // A window may be far smaller than a chunk, and there is one for every partition.
    this.newest = this.newChunk(Math.min(FIRST_ROWS, chunkRows));
    this.chunks = [this.newest];
  }

  /** Where the next row's features are to be written. */
  get features(): Float64Array {
    return this.newest.features;
  }

  /** Makes room for one more row and gives the index in `features` where its values go; `commit` then counts it. */
  reserve(): number {
    if (this.newest.isFull) this.makeRoom();
    return this.newest.rowCount * this.featureCount;
  }

  /** Counts the row whose features were written at the reserved place. */
  commit(line: number, classIndex: number): void {
    this.newest.commit(line, classIndex);
    this.rowCount++;
  }

  /** Gives row i its message's offset and its side of the holdout; each row gets them once, in order. */
  label(i: number, offset: number, isHeldOut: boolean): void {
    this.chunkOf(i).label(i % this.chunkRows, offset, isHeldOut);
  }

  offsetOf(i: number): number {
    return this.chunkOf(i).offsetOf(i % this.chunkRows);
  }

  lineOf(i: number): number {
    return this.chunkOf(i).lines[i % this.chunkRows]!;
  }

  /** Calls `visit` with the chunks that hold rows [from, end), in order, and which rows of each these are. */
  visit(from: number, end: number, visit: (chunk: RowChunk, from: number, end: number) => void): void {
    for (let at = from; at < end; ) {
      const chunkFrom = at - (at % this.chunkRows);
      const chunkEnd = Math.min(end, chunkFrom + this.chunkRows);
      visit(this.chunkOf(at), at - chunkFrom, chunkEnd - chunkFrom);
      at = chunkEnd;
    }
  }

  /** Rows [from, end), piece by piece. They stay as they are until they are dropped. */
  pieces(from: number, end: number): RowPiece[] {
    const pieces: RowPiece[] = [];
    let firstRow = this.droppedRows + from;
    this.visit(from, end, ({ features, classes, heldOut }, pieceFrom, pieceEnd) => {
      pieces.push({ firstRow, features, classes, heldOut, from: pieceFrom, end: pieceEnd });
      firstRow += pieceEnd - pieceFrom;
    });
    return pieces;
  }

  /** Forgets the chunks that hold nothing but some of the oldest `rows`; gives how many rows went. */
  dropWithin(rows: number): number {
    const dropped = Math.min(Math.floor(rows / this.chunkRows), this.chunks.length - 1);
    for (const chunk of this.chunks.splice(0, dropped)) {
      chunk.rowCount = 0;
      this.spares.push(chunk);
    }
    this.rowCount -= dropped * this.chunkRows;
    this.droppedRows += dropped * this.chunkRows;
    return dropped * this.chunkRows;
  }

  private chunkOf(i: number): RowChunk {
    return this.chunks[Math.floor(i / this.chunkRows)]!;
  }

  private makeRoom(): void {
    const { newest, chunkRows } = this;
    if (newest.rowCount < chunkRows) {
      // Whoever reads the old chunk meanwhile finds its rows there.
      this.newest = this.newChunk(Math.min(2 * newest.rowCount, chunkRows));
      this.newest.copyFrom(newest);
      this.chunks[this.chunks.length - 1] = this.newest;
      return;
    }
    this.newest = this.spares.pop() ?? this.newChunk(chunkRows);
    this.chunks.push(this.newest);
  }

  private newChunk(rows: number): RowChunk {
    return new RowChunk(this.featureCount, rows, this.memory);
  }
}

import { ChunkMemory, type NarrowValues, RowChunk } from './row-chunk';

/** 512 KiB of features a chunk: little beside a large window, and a large window has few chunks. */
const CHUNK_VALUES = 65_536;
const FIRST_ROWS = 64;

/** Rows [from, end) of one chunk, as arrays that another thread can read. */
export interface RowPiece {
  /** The number of row `from`, counted from the first row that the store ever held; a row never changes. */
  readonly firstRow: number;
  /** Row-major: row i begins at i × features. */
  readonly features: Float64Array;
  readonly classes: NarrowValues;
  readonly heldOut: Uint8Array;
  readonly from: number;
  readonly end: number;
}

/**
 * Rows in the order of reading, in chunks of equal size. Every chunk but the newest is full. The oldest rows are
 * dropped a chunk at a time, so no row ever moves.
 */
export class ChunkedRows {
  rowCount = 0;
  private droppedRows = 0;
  private readonly chunks: RowChunk[];
  private newest: RowChunk;
  /** Dropped chunks, to be reused before a new one is allocated. */
  private readonly freeChunks: RowChunk[] = [];
  private readonly memory = new ChunkMemory();

  constructor(
    readonly featureCount: number,
    readonly chunkRows = Math.max(1, Math.floor(CHUNK_VALUES / featureCount)),
  ) {
    // A window may be far smaller than a chunk, and every partition has a store.
    this.newest = this.newChunk(Math.min(FIRST_ROWS, chunkRows));
    this.chunks = [this.newest];
  }

  /** The array that the next row's features are written to. */
  get features(): Float64Array {
    return this.newest.features;
  }

  /** Gives the index in `features` for the values of one more row, which `commit` then counts. It may replace `features`. */
  reserve(): number {
    if (this.newest.isFull) this.grow();
    return this.newest.rowCount * this.featureCount;
  }

  /** Counts the row whose features were written at the reserved index. */
  commit(line: number, classIndex: number): void {
    this.newest.commit(line, classIndex);
    this.rowCount++;
  }

  /** Gives row i its message's offset and its side of the holdout, once for each row and in their order. */
  label(i: number, offset: number, isHeldOut: boolean): void {
    this.chunkOf(i).label(i % this.chunkRows, offset, isHeldOut);
  }

  offsetOf(i: number): number {
    return this.chunkOf(i).offsetOf(i % this.chunkRows);
  }

  lineOf(i: number): number {
    return this.chunkOf(i).lines[i % this.chunkRows]!;
  }

  /** Calls `visit` for each chunk that holds some of the rows [from, end), in order, with their range in the chunk. */
  visit(from: number, end: number, visit: (chunk: RowChunk, from: number, end: number) => void): void {
    for (let at = from; at < end; ) {
      const chunkFrom = at - (at % this.chunkRows);
      const chunkEnd = Math.min(end, chunkFrom + this.chunkRows);
      visit(this.chunkOf(at), at - chunkFrom, chunkEnd - chunkFrom);
      at = chunkEnd;
    }
  }

  /** Rows [from, end), one piece a chunk. They stay as they are until they are dropped. */
  pieces(from: number, end: number): RowPiece[] {
    const pieces: RowPiece[] = [];
    let firstRow = this.droppedRows + from;
    this.visit(from, end, ({ features, classes, heldOut }, pieceFrom, pieceEnd) => {
      pieces.push({ firstRow, features, classes, heldOut, from: pieceFrom, end: pieceEnd });
      firstRow += pieceEnd - pieceFrom;
    });
    return pieces;
  }

  /** Drops every chunk that lies within the oldest `rows` rows; gives the number of dropped rows. */
  dropWithin(rows: number): number {
    const dropped = Math.min(Math.floor(rows / this.chunkRows), this.chunks.length - 1);
    for (const chunk of this.chunks.splice(0, dropped)) {
      chunk.rowCount = 0;
      this.freeChunks.push(chunk);
    }
    this.rowCount -= dropped * this.chunkRows;
    this.droppedRows += dropped * this.chunkRows;
    return dropped * this.chunkRows;
  }

  private chunkOf(i: number): RowChunk {
    return this.chunks[Math.floor(i / this.chunkRows)]!;
  }

  private grow(): void {
    const { newest, chunkRows } = this;
    if (newest.rowCount < chunkRows) {
      // A fit may still read the small chunk, which keeps its rows.
      this.newest = this.newChunk(Math.min(2 * newest.rowCount, chunkRows));
      this.newest.copyFrom(newest);
      this.chunks[this.chunks.length - 1] = this.newest;
      return;
    }
    this.newest = this.freeChunks.pop() ?? this.newChunk(chunkRows);
    this.chunks.push(this.newest);
  }

  private newChunk(rows: number): RowChunk {
    return new RowChunk(this.featureCount, rows, this.memory);
  }
}

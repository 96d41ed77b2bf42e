const BUDGET_BYTES_MIN = 64 * 1_048_576;

/** The memory that one unfinished body takes. */
export interface BodyAllocation {
  grow(bytes: number): void;
  release(): void;
}

/**
 * Bounds the memory of all unfinished bodies together. Each body has a bound of its own, but thousands of clients that
 * stop before their last byte would take thousands of times that. Past the budget the oldest unfinished body is given
 * up, so that new requests are still served.
 */
export class BodyBudget {
  private allocatedBytes = 0;
  private readonly giveUps = new Set<() => void>();
  private readonly bytesMax: number;

  /** `requestBytesMax` is the bound of one body; at least two such bodies fit. */
  constructor(requestBytesMax: number, bytesMin = BUDGET_BYTES_MIN) {
    this.bytesMax = Math.max(bytesMin, 2 * requestBytesMax);
  }

  /** `giveUp` is called at most once, and has to call `release`. */
  open(giveUp: () => void): BodyAllocation {
    let bytes = 0;
    this.giveUps.add(giveUp);
    return {
      grow: (more) => {
        bytes += more;
        this.allocatedBytes += more;
        if (this.allocatedBytes > this.bytesMax) this.giveUpOldest();
      },
      release: () => {
        if (!this.giveUps.delete(giveUp)) return;
        this.allocatedBytes -= bytes;
      },
    };
  }

  private giveUpOldest(): void {
    for (const giveUp of this.giveUps) {
      if (this.allocatedBytes <= this.bytesMax) return;
      giveUp();
    }
  }
}

/**
 * Joins the pieces of one body as they arrive. A body in chunks of one byte would otherwise be a million buffers, which
 * take hundreds of times the memory of their bytes.
 */
export class BodyBytes {
  private buffer: Uint8Array = EMPTY;
  private byteCount = 0;

  constructor(private readonly bytesMax: number) {}

  /** Adds a piece; all pieces together may not exceed `bytesMax`. Gives the bytes of memory that the piece added. */
  add(piece: Uint8Array): number {
    const before = this.buffer.length;
    const needed = this.byteCount + piece.length;
    // Most bodies arrive in one piece, so the first piece is kept without a copy.
    if (this.byteCount === 0) this.buffer = piece;
    else {
      if (needed > before) this.grow(needed);
      this.buffer.set(piece, this.byteCount);
    }
    this.byteCount = needed;
    return this.buffer.length - before;
  }

  get bytes(): Uint8Array {
    return this.byteCount === this.buffer.length ? this.buffer : this.buffer.subarray(0, this.byteCount);
  }

  /** At least doubles the buffer, so each byte is copied twice on average however small the pieces are. */
  private grow(needed: number): void {
    const buffer = new Uint8Array(Math.min(this.bytesMax, Math.max(needed, 2 * this.buffer.length)));
    buffer.set(this.bytes);
    this.buffer = buffer;
  }
}

const EMPTY = new Uint8Array(0);

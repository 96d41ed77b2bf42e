/**
 * The bytes of one body, which come in pieces. They are copied together as they come, because a body in chunks of one
 * byte would else be a million buffers, which take hundreds of times the memory of what they hold.
 */
export class BodyBytes {
  private room: Uint8Array = EMPTY;
  private byteCount = 0;

  constructor(private readonly bytesMax: number) {}

  /** Adds a piece; the whole may not exceed `bytesMax`. Gives how many bytes of memory that took on top. */
  add(piece: Uint8Array): number {
    const before = this.room.length;
    const needed = this.byteCount + piece.length;
    // Most bodies come in one piece, which is kept as it is.
    if (this.byteCount === 0) this.room = piece;
    else {
      if (needed > before) this.grow(needed);
      this.room.set(piece, this.byteCount);
    }
    this.byteCount = needed;
    return this.room.length - before;
  }

  get bytes(): Uint8Array {
    return this.byteCount === this.room.length ? this.room : this.room.subarray(0, this.byteCount);
  }

  /** At least doubles, so that each byte is copied twice on average, however small the pieces are. */
  private grow(needed: number): void {
    const room = new Uint8Array(Math.min(this.bytesMax, Math.max(needed, 2 * this.room.length)));
    room.set(this.bytes);
    this.room = room;
  }
}

const EMPTY = new Uint8Array(0);

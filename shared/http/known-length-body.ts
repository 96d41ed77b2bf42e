import type { BodyBudget, HeldBody } from './body-budget';
import { BodyBytes } from './body-bytes';
import type { BodySink } from './server-request';

/** Who is told that a body is whole, or that it had to give up its memory to others. */
export interface BodyReader {
  whole(bytes: Uint8Array): void;
  givenUp(): void;
}

/**
 * Collects a body of a known length, which the parser holds it to. The budget counts it once it is here in part: one
 * that comes in one piece never waits in memory, and one that has not begun holds none.
 */
export class KnownLengthBody implements BodySink {
  private readonly body: BodyBytes;
  private readonly reader: BodyReader;
  private byteCount = 0;
  private held: HeldBody | null = null;

  constructor(
    private readonly byteLength: number,
    private readonly budget: BodyBudget,
    reader: BodyReader,
  ) {
    this.body = new BodyBytes(byteLength);
    this.reader = reader;
  }

  piece(bytes: Uint8Array): void {
    const grownBytes = this.body.add(bytes);
    this.byteCount += bytes.length;
    if (this.held === null) {
      if (this.byteCount === this.byteLength) return;
      this.held = this.budget.open(() => {
        this.release();
        this.reader.givenUp();
      });
    }
    this.held.grow(grownBytes);
  }

  end(): void {
    this.release();
    this.reader.whole(this.body.bytes);
  }

  /** Gives the memory back; to be called when the client goes away. */
  release(): void {
    this.held?.release();
    this.held = null;
  }
}

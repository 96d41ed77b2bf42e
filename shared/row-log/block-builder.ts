import type { MessageFrame } from './message-frame';
import type { MessageBlock, MessageHeaders, ReadBounds } from './row-log';

/** Collects messages of one partition, in the order of their offsets, until a bound is reached. */
export class BlockBuilder {
  /** True once the last message reached a bound: the block ends with it. */
  isFull = false;
  private bytes = 0;
  private readonly offsets: number[] = [];
  private readonly values: (Uint8Array | null)[] = [];
  private readonly timestampsMs: number[] = [];
  private headers: (MessageHeaders | null)[] | null = null;

  constructor(
    private readonly partition: number,
    private readonly from: number,
    private readonly bounds: ReadBounds,
  ) {}

  /** The offset behind the last message. */
  get next(): number {
    const last = this.offsets.at(-1);
    return last === undefined ? this.from : last + 1;
  }

  add(offset: number, { value, timestampMs, headers }: MessageFrame): void {
    // Most topics have no headers, so the array comes with the first message that has some.
    if (headers !== null && this.headers === null) {
      this.headers = new Array<MessageHeaders | null>(this.offsets.length).fill(null);
    }
    this.headers?.push(headers);
    this.offsets.push(offset);
    this.values.push(value);
    this.timestampsMs.push(timestampMs);
    this.bytes += value?.length ?? 0;
    this.isFull =
      this.offsets.length >= this.bounds.blockMessagesMax || this.bytes >= this.bounds.blockBytesMax;
  }

  endAt(next: number): MessageBlock {
    const { partition, from, offsets, values, timestampsMs, headers } = this;
    return { partition, from, next, offsets, values, timestampsMs, headers };
  }
}

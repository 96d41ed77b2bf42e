import { decodeMessageFrame, frameTimestampMs, isPlainFrame, PLAIN_VALUE_AT } from '../message-frame';
import { decodeMessageRun, isMessageRun, isNullValue, valueEnd } from '../message-run';
import { PackedValues } from '../packed-values';
import type { MessageBlock, MessageHeaders, ReadBounds } from '../row-log';

/** Frames up to this size are copied together; a larger one is worth memory of its own. */
const COPIED_BYTES_MAX = 1_024;
const SHARED_BYTES = 65_536;

/**
 * Collects messages of one partition of the embedded log, in the order of their offsets, until a bound is reached.
 *
 * LMDB's binding gives every entry as a Buffer of its own, and a view of a small one makes Node move its bytes out of
 * the JavaScript heap, which costs more than all the rest of the reading. So the values of a run stay where they
 * are, but small frames are copied into memory that a thousand of them share.
 */
export class EmbeddedBlock {
  /** True once the last message reached a bound: the block ends with it. */
  isFull = false;
  private bytes = 0;
  private shared: Buffer = Buffer.alloc(0);
  private sharedEnd = 0;
  private readonly offsets: number[] = [];
  private readonly packed = new PackedValues();
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

  /**
   * Takes the messages of the entry at an offset that are at `from` or above and below `next`, until the block is full.
   * Throws `data-folder` for an entry that is damaged.
   */
  add(offset: number, entry: Buffer, next = Number.MAX_SAFE_INTEGER): void {
    if (isMessageRun(entry)) this.addRun(offset, entry, next);
    else if (offset >= this.from && offset < next) this.addFrame(offset, entry);
  }

  endAt(next: number): MessageBlock {
    const { partition, from, offsets, packed, timestampsMs, headers } = this;
    return packedBlock({ partition, from, next, offsets, timestampsMs, headers }, packed);
  }

  private addRun(first: number, entry: Buffer, next: number): void {
    const { count, timestampMs, headers, valuesAt } = decodeMessageRun(entry, first);
    const end = Math.min(count, next - first);
    let i = Math.max(0, this.from - first);
    // The last entry that begins below `from` may end below it too, where messages behind it are gone.
    if (i >= end) return;
    let valueAt = valuesAt + (i === 0 ? 0 : valueEnd(entry, i - 1));
    this.packed.addPiece(entry);
    for (; i < end && !this.isFull; i++) {
      const valueTo = valuesAt + valueEnd(entry, i);
      if (isNullValue(entry, i)) this.packed.addNull();
      else this.packed.add(valueAt, valueTo);
      this.push(first + i, valueTo - valueAt, timestampMs, headers === null ? null : headers[i]!);
      valueAt = valueTo;
    }
  }

  private addFrame(offset: number, frame: Buffer): void {
    if (frame.length <= COPIED_BYTES_MAX && isPlainFrame(frame)) {
      this.packed.addAlone(this.copied(frame, PLAIN_VALUE_AT));
      this.push(offset, frame.length - PLAIN_VALUE_AT, frameTimestampMs(frame), null);
      return;
    }
    const { value, timestampMs, headers } = decodeMessageFrame(
      frame.length <= COPIED_BYTES_MAX ? this.copied(frame, 0) : frame,
    );
    this.packed.addAlone(value);
    this.push(offset, value?.length ?? 0, timestampMs, headers);
  }

  /** Takes the rest of a message whose value was packed. */
  private push(offset: number, bytes: number, timestampMs: number, headers: MessageHeaders | null): void {
    // Most topics have no headers, so the array comes with the first message that has some.
    if (headers !== null && this.headers === null) {
      this.headers = new Array<MessageHeaders | null>(this.offsets.length).fill(null);
    }
    this.headers?.push(headers);
    this.offsets.push(offset);
    this.timestampsMs.push(timestampMs);
    this.bytes += bytes;
    this.isFull =
      this.offsets.length >= this.bounds.blockMessagesMax || this.bytes >= this.bounds.blockBytesMax;
  }

  /** The frame's bytes from `at` on, in shared memory. */
  private copied(frame: Buffer, at: number): Buffer {
    if (this.sharedEnd + frame.length > this.shared.length) {
      this.shared = Buffer.allocUnsafeSlow(SHARED_BYTES);
      this.sharedEnd = 0;
    }
    const from = this.sharedEnd;
    this.shared.set(frame, from);
    this.sharedEnd += frame.length;
    return this.shared.subarray(from + at, this.sharedEnd);
  }
}

/**
 * A block whose views of values are made at the first question for them. `packed` does not go along when a block is
 * copied with other values, so it is not enumerable.
 */
function packedBlock(block: Omit<MessageBlock, 'values' | 'packed'>, packed: PackedValues): MessageBlock {
  let views: readonly (Uint8Array | null)[] | null = null;
  const made: MessageBlock = {
    ...block,
    get values() {
      views ??= packed.views();
      return views;
    },
  };
  return Object.defineProperty(made, 'packed', { value: packed, enumerable: false });
}

import { PackedValues } from '../packed-values';
import type { MessageBlock, MessageHeaders, ReadBounds } from '../row-log';
import {
  decodeMessageFrame,
  decodeMessageRun,
  frameTimestampMs,
  isMessageRun,
  isNullValue,
  isPlainFrame,
  PLAIN_VALUE_AT,
  valueEnd,
} from './stored-entries';

/** Frames up to this size are copied into shared memory; a larger frame keeps its own. */
const COPIED_BYTES_MAX = 1_024;
const SHARED_BYTES = 65_536;

/**
 * Collects messages of one partition of the embedded log, in the order of their offsets, until a bound is reached.
 *
 * LMDB's binding gives every entry as a Buffer of its own. A view of a small Buffer makes Node move its bytes out of the
 * JavaScript heap, which costs more than the rest of the reading. So the values of a run stay in the run's Buffer, but
 * small frames are copied into memory that a thousand of them share.
 */
export class EmbeddedBlock {
  /** True once a message reached a bound: the block ends with that message. */
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
   * Takes the messages of one entry that lie in [from, next), until the block is full. Throws `data-folder` for a
   * damaged entry.
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
    // An entry that begins below `from` may end below it too, when the messages behind it were deleted.
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

  /** Adds a message whose value was packed already. */
  private push(offset: number, bytes: number, timestampMs: number, headers: MessageHeaders | null): void {
    // Most topics have no headers, so the first message with headers makes the array.
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
 * A block that makes the views of its values on first use. `packed` is not enumerable, so that a copy of the block with
 * other values loses it.
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

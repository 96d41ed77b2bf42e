import { AlderError, invariant } from '../../errors';
import type { BytesStore, Environment, TextStore } from '../../lmdb/environment';
import type { StoredEntry } from '../message-run';
import type { AppendedRange, MessageBlock, PartitionBounds, ReadBounds, ReadPosition } from '../row-log';
import { EmbeddedBlock } from './block';

const FAULT = 'log-unavailable';

/**
 * One topic of the embedded log. Messages lie under [topic, partition, offset], those of one append together as a run
 * under the offset of the first; the end of a partition is stored beside them, so that it stays when the messages
 * before it go. An entry that is gone makes a hole or, at the head, a later earliest offset.
 */
export class EmbeddedTopic {
  constructor(
    private readonly environment: Environment,
    private readonly messages: BytesStore,
    private readonly ends: TextStore,
    readonly name: string,
    readonly partitionCount: number,
  ) {}

  /** Earliest and end of every partition, of one moment. */
  bounds(): PartitionBounds[] {
    return this.environment.read(FAULT, () =>
      this.endOffsets().map((end, partition) => ({
        partition,
        earliest: this.earliest(partition, end),
        end,
      })),
    );
  }

  /**
   * Appends entries in one transaction, which numbers them: the write lock spans processes, so no two messages get
   * the same offset. Throws `append-refused` for a partition that is not there, `offset-too-large` at 2^53.
   */
  append(partition: number, entries: readonly StoredEntry[]): Promise<AppendedRange> {
    return this.environment.write(FAULT, () => {
      if (partition >= this.partitionCount) {
        const known = `${this.name} has ${this.partitionCount} partition(s)`;
        throw new AlderError('append-refused', `row log: there is no partition ${partition}, ${known}`);
      }
      const from = this.end(partition);
      const next = entries.reduce((offset, { messages }) => offset + messages, from);
      if (!Number.isSafeInteger(next)) {
        throw new AlderError('offset-too-large', `row log: partition ${partition} of ${this.name} is full`);
      }
      let offset = from;
      for (const { messages, bytes } of entries) {
        this.messages.putSync([this.name, partition, offset], bytes);
        offset += messages;
      }
      if (next > from) this.ends.putSync([this.name, partition], String(next));
      return { from, next };
    });
  }

  /**
   * A block of each partition that has something at `position`; a partition that it does not name is read from its
   * earliest offset, one that it names with null not at all. Throws `log-range-gone` for a position outside of what
   * there is.
   */
  readOn(position: ReadPosition, bounds: ReadBounds): MessageBlock[] {
    return this.environment.read(FAULT, () => {
      const blocks: MessageBlock[] = [];
      this.endOffsets().forEach((end, partition) => {
        const named = position.get(partition);
        if (named === null) return;
        const from = named ?? this.earliest(partition, end);
        if (from !== end) blocks.push(this.block(partition, from, end, end, bounds));
      });
      return blocks;
    });
  }

  /** The first block of [from, next). Throws `log-range-gone` when part of that is not there. */
  readBlock(partition: number, from: number, next: number, bounds: ReadBounds): MessageBlock {
    return this.environment.read(FAULT, () => this.block(partition, from, next, this.end(partition), bounds));
  }

  private block(
    partition: number,
    from: number,
    next: number,
    end: number,
    bounds: ReadBounds,
  ): MessageBlock {
    invariant(bounds.blockMessagesMax >= 1, 'a block may hold at least one message');
    const earliest = this.earliest(partition, end);
    if (from < earliest || next > end || from > end) {
      const range = `[${from}, ${next}) of partition ${partition} of ${this.name}`;
      throw new AlderError('log-range-gone', `row log: ${range} is not there, it has [${earliest}, ${end})`, {
        hint: 'restart from a newer version',
      });
    }
    const block = new EmbeddedBlock(partition, from, bounds);
    const start = this.entryOffset(partition, from);
    const keys = { start: [this.name, partition, start], end: [this.name, partition, next] };
    for (const { key, value } of this.messages.getRange({ ...keys, snapshot: false })) {
      block.add(offsetOf(key), value, next);
      if (block.isFull) return block.endAt(block.next);
    }
    // Nothing is left before `next`, so a hole at the end is stepped over as well.
    return block.endAt(next);
  }

  /** The offset of the entry that holds the message at `from`, if there is one: the last entry that does not begin above it. */
  private entryOffset(partition: number, from: number): number {
    const keys = { start: [this.name, partition, from], end: [this.name, partition] };
    const backwards = { ...keys, reverse: true, limit: 1, snapshot: false };
    for (const key of this.messages.getKeys(backwards)) return offsetOf(key);
    return from;
  }

  private endOffsets(): number[] {
    const ends = new Array<number>(this.partitionCount).fill(0);
    const keys = { start: [this.name, 0], end: [this.name, this.partitionCount] };
    for (const { key, value } of this.ends.getRange({ ...keys, snapshot: false })) {
      ends[offsetOf(key)] = Number(value);
    }
    return ends;
  }

  private end(partition: number): number {
    return Number(this.ends.get([this.name, partition]) ?? 0);
  }

  private earliest(partition: number, end: number): number {
    const keys = { start: [this.name, partition, 0], end: [this.name, partition, end] };
    for (const key of this.messages.getKeys({ ...keys, limit: 1, snapshot: false })) return offsetOf(key);
    return end;
  }
}

/** The number that closes a key: an offset, or a partition where the store has one entry for each. */
function offsetOf(key: unknown): number {
  return Number((key as readonly unknown[]).at(-1));
}

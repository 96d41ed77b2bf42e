import { randomUUID } from 'node:crypto';
import { AlderError, invariant } from '../../errors';
import type { BytesStore, Environment, TextStore } from '../../lmdb/environment';
import { rejectedTopic } from '../rejected-messages';
import type { AppendedRange, MessageBlock, PartitionBounds, ReadBounds, ReadPosition } from '../row-log';
import { EmbeddedBlock } from './embedded-block';
import type { StoredEntry } from './stored-entries';

const FAULT = 'log-unavailable';

/**
 * One topic of the embedded log. Messages lie under [topic, partition, offset]; the messages of one append form runs
 * under the offset of their first message. The end of a partition is stored beside them, so it survives the deletion of
 * messages. A deleted entry makes a hole or, at the head, a later earliest offset.
 */
export class EmbeddedTopic {
  constructor(
    private readonly environment: Environment,
    private readonly messages: BytesStore,
    private readonly ends: TextStore,
    readonly name: string,
    readonly partitionCount: number,
  ) {}

  /** Earliest and end of every partition, from one snapshot. */
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
   * Appends entries in one transaction, which assigns their offsets: the write lock spans processes, so no two messages
   * get the same offset. Throws `append-refused` for a missing partition, `offset-too-large` at 2^53.
   */
  append(partition: number, entries: readonly StoredEntry[]): Promise<AppendedRange> {
    return this.environment.write(FAULT, () => {
      if (partition >= this.partitionCount) {
        const known = `${this.name} has ${this.partitionCount} partition(s)`;
        throw new AlderError('append-refused', `row log: there is no partition ${partition}, ${known}`, {
          fields: { topic: this.name, partition },
        });
      }
      const from = this.end(partition);
      const next = entries.reduce((offset, { messages }) => offset + messages, from);
      if (!Number.isSafeInteger(next)) {
        throw new AlderError('offset-too-large', `row log: partition ${partition} of ${this.name} is full`, {
          fields: { topic: this.name, partition, offset: from },
        });
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
   * A block of each partition that has messages at `position`. A partition that the position does not name is read from
   * its earliest offset, a partition at null is left out. Throws `log-range-gone` for a position outside the log.
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

  /** The first block of [from, next). Throws `log-range-gone` when part of the range is missing. */
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
        fields: { topic: this.name, partition, from, next, earliest, end },
      });
    }
    const block = new EmbeddedBlock(partition, from, bounds);
    const start = this.entryOffset(partition, from);
    const keys = { start: [this.name, partition, start], end: [this.name, partition, next] };
    for (const { key, value } of this.messages.getRange({ ...keys, snapshot: false })) {
      block.add(lastPart(key), value, next);
      if (block.isFull) return block.endAt(block.next);
    }
    // No message is left below `next`, so the block steps over a hole at the end.
    return block.endAt(next);
  }

  /** The offset of the entry that may hold the message at `from`: the last entry that begins at or below it. */
  private entryOffset(partition: number, from: number): number {
    const keys = { start: [this.name, partition, from], end: [this.name, partition] };
    const backwards = { ...keys, reverse: true, limit: 1, snapshot: false };
    for (const key of this.messages.getKeys(backwards)) return lastPart(key);
    return from;
  }

  private endOffsets(): number[] {
    const ends = new Array<number>(this.partitionCount).fill(0);
    const keys = { start: [this.name, 0], end: [this.name, this.partitionCount] };
    for (const { key, value } of this.ends.getRange({ ...keys, snapshot: false })) {
      ends[lastPart(key)] = Number(value);
    }
    return ends;
  }

  private end(partition: number): number {
    return Number(this.ends.get([this.name, partition]) ?? 0);
  }

  private earliest(partition: number, end: number): number {
    const keys = { start: [this.name, partition, 0], end: [this.name, partition, end] };
    for (const key of this.messages.getKeys({ ...keys, limit: 1, snapshot: false })) return lastPart(key);
    return end;
  }
}

/** The last part of a key: an offset, or a partition in the store of ends. */
function lastPart(key: unknown): number {
  return Number((key as readonly unknown[]).at(-1));
}

/** True for a topic of rejected rows; it rejects no rows itself. */
export function isRejectedTopic(topic: string): boolean {
  return topic.endsWith(rejectedTopic(''));
}

/**
 * Opens a topic, and makes a missing one with `partitions` partitions; a topic of rejected rows has one. Throws
 * `log-unavailable`.
 */
export async function openEmbeddedTopic(
  environment: Environment,
  name: string,
  partitions: number,
): Promise<EmbeddedTopic> {
  const topics = environment.textStore('topics');
  const messages = environment.bytesStore('messages');
  const ends = environment.textStore('ends');
  const made = String(isRejectedTopic(name) ? 1 : partitions);
  const partitionCount = await storedOrMade(
    environment,
    () => topics.get(['partitions', name]),
    made,
    (text) => topics.putSync(['partitions', name], text),
  );
  return new EmbeddedTopic(environment, messages, ends, name, Number(partitionCount));
}

/** The log's random id, the same for all topics of a data folder; the first opening makes it. */
export function openEmbeddedLogId(environment: Environment): Promise<string> {
  const topics = environment.textStore('topics');
  return storedOrMade(
    environment,
    () => topics.get(['id']),
    randomUUID(),
    (text) => topics.putSync(['id'], text),
  );
}

function storedOrMade(
  environment: Environment,
  get: () => string | undefined,
  made: string,
  put: (text: string) => void,
): Promise<string> {
  return environment.write('log-unavailable', () => {
    const stored = get();
    if (stored !== undefined) return stored;
    put(made);
    return made;
  });
}

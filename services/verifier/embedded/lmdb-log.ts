import { AlderError } from '../../../shared/errors';
import type { RawBounds, RawLog, RawMessage, RawRun, RawTopic } from '../deep-source';
import type { LmdbFolder } from './lmdb-folder';

/** An entry has up to a thousand messages. */
const RUN_ENTRIES_MAX = 50;

/** Flags in the first byte of an entry: a null value, headers before the value, several messages. */
const NULL_VALUE = 0b001;
const WITH_HEADERS = 0b010;
const MANY_MESSAGES = 0b100;

/**
 * The stored form of the embedded log: entries of one or more consecutive messages under [topic, partition, first
 * offset], and ends under [topic, partition].
 */
export function lmdbLog(folder: LmdbFolder, topic: string): RawLog {
  const clusterId = folder.step(() => folder.texts('topics').get(['id']));
  if (clusterId === undefined) {
    throw new AlderError('topic-missing', 'the data folder holds no log', {
      hint: 'name the data folder with --data-dir',
    });
  }
  return {
    kind: 'embedded',
    clusterId,
    topic,
    hasKeys: false,
    hasRetention: false,
    open: async (which) =>
      folder.step(() => openTopic(folder, which === 'rows' ? topic : `${topic}.rejected`)),
  };
}

function openTopic(folder: LmdbFolder, name: string): RawTopic {
  const partitions = folder.texts('topics').get(['partitions', name]);
  if (partitions === undefined) {
    throw new AlderError('topic-missing', `the data folder holds no topic ${name}`, {
      hint: 'name the topic with --topic',
      fields: { topic: name },
    });
  }
  const stored = folder.bytes('messages');
  const ends = folder.texts('ends');
  const bounds = Array.from({ length: Number(partitions) }, (_, partition): RawBounds => {
    const end = Number(ends.get([name, partition]) ?? 0);
    const [earliest] = stored.numbers([name, partition, 0], [name, partition, end], 1);
    return { partition, earliest: earliest ?? end, end };
  });
  const positions = bounds.map(({ earliest }) => earliest);
  return {
    bounds,
    async read(partition): Promise<RawRun | null> {
      const { end } = bounds[partition]!;
      const from = positions[partition]!;
      if (from >= end) return null;
      const found = folder.step(() =>
        stored.range([name, partition, from], [name, partition, end], RUN_ENTRIES_MAX),
      );
      const messages = found.flatMap(({ key, value }) => messagesOf(Number(key.at(-1)), value));
      const isAll = found.length < RUN_ENTRIES_MAX;
      const next = isAll ? end : messages.at(-1)!.offset + 1;
      positions[partition] = next;
      return { messages, next };
    },
    close: async () => undefined,
  };
}

/** Byte 0: flags. Bytes 1 to 8: the timestamp as f64. Numbers are little-endian. */
function messagesOf(offset: number, stored: Buffer): RawMessage[] {
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
  return (view.getUint8(0) & MANY_MESSAGES) === 0
    ? [oneMessage(offset, stored, view)]
    : manyMessages(offset, stored, view);
}

/** From byte 9 on, with headers: their length as u32, then their JSON. The value comes last. */
function oneMessage(offset: number, stored: Buffer, view: DataView): RawMessage {
  const flags = view.getUint8(0);
  let at = 9;
  let headers: RawMessage['headers'] = null;
  if ((flags & WITH_HEADERS) !== 0) {
    const length = view.getUint32(at, true);
    headers = JSON.parse(stored.toString('utf8', at + 4, at + 4 + length)) as Record<string, string>;
    at += 4 + length;
  }
  return {
    offset,
    timestampMs: view.getFloat64(1, true),
    key: null,
    headers,
    value: (flags & NULL_VALUE) === 0 ? stored.subarray(at) : null,
  };
}

/**
 * From byte 9 on: the number of messages as u32, then a u32 for each message. Its lower 31 bits are the end of the value,
 * counted from the beginning of the first value; its highest bit is 1 for a null value. With headers follow their length
 * as u32 and a JSON array with an object or null for each message. The values come last.
 */
function manyMessages(first: number, stored: Buffer, view: DataView): RawMessage[] {
  const timestampMs = view.getFloat64(1, true);
  const count = view.getUint32(9, true);
  let at = 13 + 4 * count;
  let headers: RawMessage['headers'][] = [];
  if ((view.getUint8(0) & WITH_HEADERS) !== 0) {
    const length = view.getUint32(at, true);
    headers = JSON.parse(stored.toString('utf8', at + 4, at + 4 + length)) as RawMessage['headers'][];
    at += 4 + length;
  }
  const values = stored.subarray(at);
  let from = 0;
  return Array.from({ length: count }, (_, i): RawMessage => {
    const word = view.getUint32(13 + 4 * i, true);
    const to = word % 2 ** 31;
    const value = word < 2 ** 31 ? values.subarray(from, to) : null;
    from = to;
    return { offset: first + i, timestampMs, key: null, headers: headers[i] ?? null, value };
  });
}

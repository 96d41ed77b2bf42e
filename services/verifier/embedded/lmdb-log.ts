import { AlderError } from '../../../shared/errors';
import type { RawBounds, RawLog, RawMessage, RawRun, RawTopic } from '../deep-source';
import type { LmdbFolder } from './lmdb-folder';

const RUN_MESSAGES_MAX = 1_000;

/** First byte of a stored message: bit 0 says that the value is null, bit 1 that headers stand before it. */
const NULL_VALUE = 0b01;
const WITH_HEADERS = 0b10;

/** The embedded log as it is stored: messages under [topic, partition, offset], ends under [topic, partition]. */
export function lmdbLog(folder: LmdbFolder, topic: string): RawLog {
  const clusterId = folder.step(() => folder.texts('topics').get(['id']));
  if (clusterId === undefined) {
    throw new AlderError('topic-missing', 'the data folder holds no log', {
      hint: 'name it with --data-dir',
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
        stored.range([name, partition, from], [name, partition, end], RUN_MESSAGES_MAX),
      );
      const messages = found.map(({ key, value }) => messageOf(Number(key.at(-1)), value));
      const isAll = found.length < RUN_MESSAGES_MAX;
      const next = isAll ? end : messages.at(-1)!.offset + 1;
      positions[partition] = next;
      return { messages, next };
    },
    close: async () => undefined,
  };
}

/**
 * Byte 0: flags. Bytes 1 to 8: the timestamp as f64. With headers: their length as u32, then JSON. Then the value.
 * Numbers are little-endian.
 */
function messageOf(offset: number, stored: Buffer): RawMessage {
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
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

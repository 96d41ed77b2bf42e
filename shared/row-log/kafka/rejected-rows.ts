import type { Message } from 'kafkajs';
import { APPEND_MESSAGES_MAX } from '../bounds';
import { progressMessage, rejectedMessage } from '../rejected-messages';
import type { RejectedRow, ReplayProgress } from '../row-log';
import { asBuffer } from './topic-producer';

/** Kafka's default limit of one send is 1 MiB with its framing. */
const SEND_BYTES_MAX = 900_000;

/** Lengths, offset and timestamp of a record, and the lengths of its headers. */
const FRAMING_BYTES = 200;

/** Rejected rows as messages, in sends of at most 1,000 messages and about 900 KB; a larger row gets a send of its own. */
export function rejectedSends(topic: string, rows: readonly RejectedRow[]): Message[][] {
  const sends: Message[][] = [];
  let send: Message[] = [];
  let bytes = 0;
  for (const row of rows) {
    const { key, headers } = rejectedMessage(topic, row);
    const message: Message = { key, headers, value: asBuffer(row.bytes) };
    const messageBytes = FRAMING_BYTES + key.length + (row.bytes?.length ?? 0) + headerBytes(headers);
    if (send.length > 0 && (send.length >= APPEND_MESSAGES_MAX || bytes + messageBytes > SEND_BYTES_MAX)) {
      sends.push(send);
      send = [];
      bytes = 0;
    }
    send.push(message);
    bytes += messageBytes;
  }
  if (send.length > 0) sends.push(send);
  return sends;
}

/** Marks as messages without a value, in sends of at most 1,000: that is a quarter of a megabyte. */
export function progressSends(topic: string, marks: readonly ReplayProgress[]): Message[][] {
  const messages = marks.map((mark): Message => ({ ...progressMessage(topic, mark), value: null }));
  const sends: Message[][] = [];
  for (let from = 0; from < messages.length; from += APPEND_MESSAGES_MAX) {
    sends.push(messages.slice(from, from + APPEND_MESSAGES_MAX));
  }
  return sends;
}

function headerBytes(headers: Record<string, string>): number {
  return Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
}

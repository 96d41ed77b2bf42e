import type { Message } from 'kafkajs';
import type { OutgoingMessage } from '../row-log';

/** A message as kafkajs takes it; neither bytes nor headers are copied, since it changes none of them. */
export function outgoing({ value, headers }: OutgoingMessage): Message {
  const sent = typeof value === 'string' ? value : asBuffer(value);
  return headers === undefined ? { value: sent } : { value: sent, headers };
}

/** The same bytes as the Buffer that kafkajs needs. */
export function asBuffer(bytes: Uint8Array | null): Buffer | null {
  if (bytes === null || Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

import type { Message } from 'kafkajs';
import type { OutgoingMessage } from '../row-log';

/** A message as kafkajs takes it; bytes are not copied. */
export function outgoing({ value, headers }: OutgoingMessage): Message {
  const message: Message = { value: typeof value === 'string' ? value : asBuffer(value) };
  return headers === undefined ? message : { ...message, headers: { ...headers } };
}

/** The same bytes as the Buffer that kafkajs needs. */
export function asBuffer(bytes: Uint8Array | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

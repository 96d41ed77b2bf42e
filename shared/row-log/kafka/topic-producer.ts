import type { Kafka, Message, Producer } from 'kafkajs';
import { AlderError, type OperatingFault } from '../../errors';
import type { AppendedRange, OutgoingMessage } from '../row-log';
import { APPEND_TIMEOUT_MS } from './client';
import { protocolType } from './client-internals/client-errors';
import { toOnePartition } from './client-internals/one-partition';
import { safeOffset } from './decoding/blocks';
import { rowLogError } from './faults';

const ALL_IN_SYNC_REPLICAS = -1;

/** After these answers nothing of the send is in the log; after every other error its outcome is unknown. */
const REFUSALS = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
  'INVALID_TOPIC_EXCEPTION',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
]);

/**
 * Appends to one topic, one partition a send and one send at a time. When a send spans several leaders and one of them
 * dies, kafkajs may acknowledge rows that were never written; a send to one partition excludes that.
 *
 * Each topic has a producer of its own, because a deleted topic makes a producer fail on its other topics too. The
 * first append makes it, so a role that never appends opens no connection.
 */
export class TopicProducer {
  private producer: Producer | null = null;
  private last: Promise<unknown> = Promise.resolve();
  private isClosed = false;

  constructor(
    private readonly topic: string,
    private readonly make: () => Producer,
    private readonly refusalCode: OperatingFault,
  ) {}

  /**
   * Resolves once the messages are durable. Throws the refusal code or `log-forbidden` when nothing was appended, and
   * `log-unavailable` when the outcome is unknown.
   */
  send(partition: number, messages: readonly Message[]): Promise<AppendedRange> {
    const sent = this.last.then(() => this.sendNow(partition, messages));
    this.last = sent.catch(() => undefined);
    return sent;
  }

  /** Makes a new producer with the next send, because the old one does not know the topic's new partitions. */
  renew(): void {
    this.last = this.last.then(() => this.drop());
  }

  /** Refuses further sends, waits for the sends under way, and disconnects. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.last;
    await this.producer?.disconnect();
    this.producer = null;
  }

  private async sendNow(partition: number, messages: readonly Message[]): Promise<AppendedRange> {
    if (this.isClosed) throw new AlderError('log-closed', 'kafka: the row log is closed');
    try {
      const producer = await this.connected();
      const results = await producer.send({
        topic: this.topic,
        acks: ALL_IN_SYNC_REPLICAS,
        timeout: APPEND_TIMEOUT_MS,
        messages: toOnePartition(messages, partition),
      });
      const from = results.find((result) => result.partition === partition)?.baseOffset;
      if (from === undefined || from.startsWith('-')) {
        throw new AlderError(
          'log-unavailable',
          `kafka: the answer of an append does not name partition ${partition}`,
          {
            hint: `the outcome is unknown; read the end of ${this.topic}, and check that the partition exists`,
            fields: { topic: this.topic, partition },
          },
        );
      }
      const base = safeOffset(from);
      return { from: base, next: base + messages.length };
    } catch (error) {
      throw this.failed(error);
    }
  }

  private failed(error: unknown): AlderError {
    const type = protocolType(error);
    if (type !== undefined && REFUSALS.has(type)) {
      return new AlderError(this.refusalCode, `kafka: ${this.topic} refused an append: ${type}`, {
        cause: error,
        fields: { topic: this.topic, kafkaError: type },
        hint: type.endsWith('TOO_LARGE')
          ? 'send fewer bytes at a time, or raise max.message.bytes of the topic'
          : type,
      });
    }
    // A failed producer may be wrong about its sequence numbers; its successor gets new ones.
    this.drop();
    return rowLogError(error, `appending to ${this.topic}`, { topic: this.topic, onTopic: 'Write' });
  }

  private drop(): void {
    this.producer?.disconnect().catch(() => undefined);
    this.producer = null;
  }

  private async connected(): Promise<Producer> {
    if (this.producer === null) {
      this.producer = this.make();
      await this.producer.connect();
    }
    return this.producer;
  }
}

/** An idempotent producer; each of its messages names its partition. */
export function createProducer(client: Kafka): Producer {
  return client.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    metadataMaxAge: 10_000,
    // The default partitioner would choose the same, with a warning about a changed default.
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0,
  });
}

/** A message as kafkajs takes it. kafkajs changes neither bytes nor headers, so nothing is copied. */
export function kafkaMessage({ value, headers }: OutgoingMessage): Message {
  const sent = typeof value === 'string' ? value : asBuffer(value);
  return headers === undefined ? { value: sent } : { value: sent, headers };
}

/** The same memory as the Buffer that kafkajs needs. */
export function asBuffer(bytes: Uint8Array | null): Buffer | null {
  if (bytes === null || Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

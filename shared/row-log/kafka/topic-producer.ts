import type { Message, Producer } from 'kafkajs';
import { AlderError, type OperatingFault } from '../../errors';
import type { AppendedRange } from '../row-log';
import { safeOffset } from './blocks';
import { APPEND_TIMEOUT_MS } from './client';
import { protocolType, rowLogError } from './faults';
import { toOnePartition } from './one-partition';

const ALL_IN_SYNC_REPLICAS = -1;

/** Answers after which nothing of the send is in the log; after every other error that is not known. */
const REFUSALS = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
  'INVALID_TOPIC_EXCEPTION',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
]);

/**
 * Appends to one topic, one partition a send and one send at a time. kafkajs may acknowledge rows that were never
 * written when a send spans several leaders and one of them dies; with one partition a send it cannot.
 *
 * One producer per topic, because a topic that is deleted makes a producer fail on all its others too; made with the
 * first append, so that a role that never appends opens no connection.
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

  /** Resolves once the messages are durable. Throws the refusal code or `log-forbidden`; or `log-unavailable`, outcome unknown. */
  send(partition: number, messages: readonly Message[]): Promise<AppendedRange> {
    const sent = this.last.then(() => this.sendNow(partition, messages));
    this.last = sent.catch(() => undefined);
    return sent;
  }

  /** The next send is made by a new producer, which knows the partitions that the topic has now. */
  renew(): void {
    this.last = this.last.then(() => this.drop());
  }

  /** No send begins any more; waits for those under way, then disconnects. */
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
            hint: `whether the messages are in ${this.topic} is not known; read its end, and check that the partition exists`,
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
        hint: type.endsWith('TOO_LARGE')
          ? 'send fewer bytes at a time, or raise max.message.bytes of the topic'
          : type,
      });
    }
    // What a failed producer still believes about its sequence numbers cannot be trusted; its successor starts afresh.
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

import { APPEND_MESSAGES_MAX } from '../../shared/row-log/bounds';
import type { MessageHeaders } from '../../shared/row-log/row-log';

/** A message that is due and not sent yet. */
export interface WaitingMessage {
  readonly value: Uint8Array;
  readonly headers: MessageHeaders;
  readonly rowCount: number;
  /** Rows of the message that the trainer will reject. */
  readonly rejectedCount: number;
}

/** Messages for one partition, at most as many as one append takes. */
export interface PartitionLoad {
  readonly partition: number;
  readonly messages: readonly WaitingMessage[];
}

/** Half of a broker's default batch limit (1 MiB); the other half covers headers and framing. */
const SEND_BYTES_MAX = 524_288;
/** Bounds over all partitions. Messages in flight are not counted, so a producer holds at most twice as much. */
const WAITING_MESSAGES_MAX = 10_000;
const WAITING_BYTES_MAX = 8 * 1_048_576;

/** Messages that are due and not yet sent, by partition. */
export class Outbox {
  private readonly loads = new Map<number, { messages: WaitingMessage[]; bytes: number }>();
  private waiting = 0;
  private bytes = 0;

  /** Whether the message fits within all bounds. An empty outbox accepts a message of any size. */
  accepts(partition: number, message: WaitingMessage): boolean {
    if (this.waiting === 0) return true;
    if (this.waiting >= WAITING_MESSAGES_MAX || this.bytes + message.value.length > WAITING_BYTES_MAX)
      return false;
    const load = this.loads.get(partition);
    if (load === undefined) return true;
    return load.messages.length < APPEND_MESSAGES_MAX && load.bytes + message.value.length <= SEND_BYTES_MAX;
  }

  add(partition: number, message: WaitingMessage): void {
    const load = this.loads.get(partition) ?? { messages: [], bytes: 0 };
    load.messages.push(message);
    load.bytes += message.value.length;
    this.loads.set(partition, load);
    this.waiting++;
    this.bytes += message.value.length;
  }

  /** Removes and returns all messages, in partition order. */
  empty(): PartitionLoad[] {
    const loads = [...this.loads].sort(([a], [b]) => a - b);
    this.loads.clear();
    this.waiting = 0;
    this.bytes = 0;
    return loads.map(([partition, { messages }]) => ({ partition, messages }));
  }
}

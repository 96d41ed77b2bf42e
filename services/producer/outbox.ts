import { APPEND_MESSAGES_MAX } from '../../shared/row-log/bounds';
import type { MessageHeaders } from '../../shared/row-log/row-log';

/** A message that waits for its send. */
export interface WaitingMessage {
  readonly value: Uint8Array;
  readonly headers: MessageHeaders;
  readonly rowCount: number;
  /** Rows of it that the trainer is bound to refuse. */
  readonly rejectedCount: number;
}

/** Messages on their way to one partition, at most what one append takes. */
export interface PartitionLoad {
  readonly partition: number;
  readonly messages: readonly WaitingMessage[];
}

/** Half of what a broker takes in one batch by default (1 MiB), which leaves room for headers and framing. */
const SEND_BYTES_MAX = 524_288;
/** Bounds over all partitions. What is being sent counts no longer, so a producer holds twice this at most. */
const WAITING_MESSAGES_MAX = 10_000;
const WAITING_BYTES_MAX = 8 * 1_048_576;

/** Messages that are due and not yet sent, by partition. */
export class Outbox {
  private readonly loads = new Map<number, { messages: WaitingMessage[]; bytes: number }>();
  private waiting = 0;
  private bytes = 0;

  /** Whether the message can join without any bound being passed. An empty outbox takes a message of any size. */
  hasRoomFor(partition: number, message: WaitingMessage): boolean {
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

  /** Takes everything out, in partition order. */
  empty(): PartitionLoad[] {
    const loads = [...this.loads].sort(([a], [b]) => a - b);
    this.loads.clear();
    this.waiting = 0;
    this.bytes = 0;
    return loads.map(([partition, { messages }]) => ({ partition, messages }));
  }
}

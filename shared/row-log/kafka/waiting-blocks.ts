import { Signal } from '../../runtime/signal';
import type { MessageBlock } from '../row-log';

/** A fetching loop looks for a stop at least this often. */
const TAKEN_MS_MAX = 60_000;

/** Fetched blocks that the reader has not taken yet, in order for each partition. The fetching loops keep the bound: see `isWaiting`. */
export class WaitingBlocks {
  private readonly blocks = new Map<number, MessageBlock[]>();
  private readonly arrived = new Signal();
  private readonly taken = new Signal();

  get isEmpty(): boolean {
    return this.blocks.size === 0;
  }

  /** True while a block of one of the partitions is waiting: then no more of them should be fetched. */
  isWaiting(partitions: readonly number[]): boolean {
    return partitions.some((partition) => this.blocks.has(partition));
  }

  add(block: MessageBlock): void {
    const before = this.blocks.get(block.partition);
    if (before === undefined) this.blocks.set(block.partition, [block]);
    else before.push(block);
    this.arrived.notify();
  }

  /** The first block of every partition that has one, in partition order. */
  takeRound(): MessageBlock[] {
    const partitions = [...this.blocks.keys()].sort((a, b) => a - b);
    const round = partitions.map((partition) => this.takeFirst(partition));
    this.taken.notify();
    return round;
  }

  untilArrived(waitMsMax: number): Promise<void> {
    this.arrived.reset();
    return this.arrived.wait(waitMsMax);
  }

  untilTaken(): Promise<void> {
    this.taken.reset();
    return this.taken.wait(TAKEN_MS_MAX);
  }

  /** Wakes all waiters, so that they see that the reading is over. */
  wakeAll(): void {
    this.arrived.notify();
    this.taken.notify();
  }

  private takeFirst(partition: number): MessageBlock {
    const blocks = this.blocks.get(partition)!;
    const first = blocks.shift()!;
    if (blocks.length === 0) this.blocks.delete(partition);
    return first;
  }
}

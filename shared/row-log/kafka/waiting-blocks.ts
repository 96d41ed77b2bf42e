import type { MessageBlock } from '../row-log';
import { Bell } from './bell';

/** Blocks that were fetched and not yet taken, in order for each partition. Bounded by whoever fetches: see `isWaiting`. */
export class WaitingBlocks {
  private readonly blocks = new Map<number, MessageBlock[]>();
  private readonly arrived = new Bell();
  private readonly taken = new Bell();

  get isEmpty(): boolean {
    return this.blocks.size === 0;
  }

  /** True when a block of one of the partitions was not taken yet: then no more of them should be fetched. */
  isWaiting(partitions: readonly number[]): boolean {
    return partitions.some((partition) => this.blocks.has(partition));
  }

  add(block: MessageBlock): void {
    const before = this.blocks.get(block.partition);
    if (before === undefined) this.blocks.set(block.partition, [block]);
    else before.push(block);
    this.arrived.ring();
  }

  /** The first block of every partition that has one, in partition order. */
  takeRound(): MessageBlock[] {
    const partitions = [...this.blocks.keys()].sort((a, b) => a - b);
    const round = partitions.map((partition) => this.takeFirst(partition));
    this.taken.ring();
    return round;
  }

  untilArrived(waitMsMax: number): Promise<void> {
    return this.arrived.wait(waitMsMax);
  }

  untilTaken(): Promise<void> {
    return this.taken.wait();
  }

  /** Wakes everybody who waits, to look whether the reading is over. */
  wakeAll(): void {
    this.arrived.ring();
    this.taken.ring();
  }

  private takeFirst(partition: number): MessageBlock {
    const blocks = this.blocks.get(partition)!;
    const first = blocks.shift()!;
    if (blocks.length === 0) this.blocks.delete(partition);
    return first;
  }
}

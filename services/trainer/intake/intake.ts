import { AlderError, isAlderError } from '../../../shared/errors';
import { MessageReader } from '../../../shared/row/message-reader';
import type { MessageBlock, ReadRound, RejectedRow } from '../../../shared/row-log/row-log';
import type { TrainerContext } from '../trainer-context';
import { PartitionIntake } from './partition-intake';
import { readBlock } from './read-block';

const REJECTED_PAUSE_MS = 500;

/**
 * Takes what the log delivers: drops what was delivered before, tells control records from loss, reads rows into
 * columns, and sees the rejected ones acknowledged before anything of their block may be cut.
 */
export class Intake {
  readonly partitions: PartitionIntake[];
  /** Accepted rows that wait for a cut. */
  pendingRows = 0;
  /** Pending rows that make no version yet, since every row of their window is held out; more have to come. */
  unfittableRows = 0;
  private readonly context: TrainerContext;
  private readonly reader: MessageReader;
  /** Asked before rejected rows are appended: the log cannot fence a trainer that lost its lease in its sleep. */
  private readonly mayWrite: () => Promise<boolean>;

  constructor(context: TrainerContext, partitions: PartitionIntake[], mayWrite: () => Promise<boolean>) {
    this.context = context;
    this.partitions = partitions;
    this.reader = new MessageReader(context.schema);
    this.mayWrite = mayWrite;
  }

  /** The next offset to read of every partition. */
  position(): Map<number, number> {
    return new Map(this.partitions.map((intake) => [intake.partition, intake.position]));
  }

  /** True when every partition was read to where it ended at the given moment. */
  hasReached(ends: readonly { readonly partition: number; readonly end: number }[]): boolean {
    return ends.every(({ partition, end }) => (this.partitions[partition]?.position ?? 0) >= end);
  }

  /** True when reading should pause until a cut makes room. */
  isFull(pendingRowsMax: number): boolean {
    return this.pendingRows >= pendingRowsMax && this.pendingRows > this.unfittableRows;
  }

  /**
   * Takes one round; resolves when its rejected rows are acknowledged. False: reading has to end here, since the signal
   * aborted or the lease is lost, and what follows would look like a gap. Throws `log-range-gone` on loss.
   */
  async take(round: ReadRound, signal: AbortSignal): Promise<boolean> {
    if (round.partitionCount > this.partitions.length) await this.addPartitions(round.partitionCount);
    for (const block of round.blocks) {
      if (signal.aborted || !(await this.takeBlock(block, signal))) return false;
    }
    return true;
  }

  private async takeBlock(block: MessageBlock, signal: AbortSignal): Promise<boolean> {
    const { rowLog, settings, events } = this.context;
    const intake = this.partitions[block.partition]!;
    if (block.next <= intake.position) return true;
    const read = readBlock(block, intake.position, this.reader, intake.store, settings.holdoutShare);
    if (read.hasGap) {
      const { earliest } = (await rowLog.bounds())[block.partition]!;
      if (earliest > intake.position) throw loss(block.partition, intake.position, earliest);
    }
    if (read.rejected.length > 0 && !(await this.appendRejected(read.rejected, signal))) return false;
    let accepted = 0;
    for (const message of read.messages) {
      intake.pending.add(message, message.accepted, message.rejected);
      accepted += message.accepted;
    }
    intake.position = block.next;
    this.pendingRows += accepted;
    events.onRead?.(accepted, read.rejected.length);
    return true;
  }

  /** Tries until the rows are acknowledged: nothing may step over a rejected row that is not kept. */
  private async appendRejected(rows: readonly RejectedRow[], signal: AbortSignal): Promise<boolean> {
    const { rowLog, log, clock } = this.context;
    while (!signal.aborted) {
      try {
        if (!(await this.mayWrite())) return false;
        await rowLog.appendRejected(rows);
        return true;
      } catch (error) {
        if (!isAlderError(error)) throw error;
        log.error(error.code, `rejected rows could not be kept, reading waits: ${error.message}`);
        await clock.sleep(REJECTED_PAUSE_MS, signal);
      }
    }
    return false;
  }

  private async addPartitions(partitionCount: number): Promise<void> {
    const { rowLog, schema, log } = this.context;
    const bounds = await rowLog.bounds();
    for (let p = this.partitions.length; p < partitionCount; p++) {
      log.info('partition-added', `partition ${p} is new, reading it from ${bounds[p]!.earliest}`);
      this.partitions.push(PartitionIntake.startingAt(p, schema.features.length, bounds[p]!.earliest));
    }
  }
}

function loss(partition: number, expected: number, earliest: number): AlderError {
  return new AlderError(
    'log-range-gone',
    `offset ${expected} of partition ${partition} is gone, earliest is ${earliest}: rows were lost before they were read`,
    {
      hint: 'keep the topic longer than the trainer may be away; start a new model (--model) to go on without them',
    },
  );
}

import { MessageReader } from '../../../shared/row/message-reader';
import { schemaDigest } from '../../../shared/row/schema';
import type { MessageBlock, PartitionBounds, ReadRound } from '../../../shared/row-log/row-log';
import { Breaker, type PausedPartition } from '../guard/breaker/breaker';
import { logRangeGone } from '../guard/log-faults';
import type { TrainerContext } from '../term/trainer-context';
import { PartitionIntake } from './partition-intake';
import { readBlock } from './read-block';
import { RejectedKeeper } from './rejected-keeper';

/**
 * Takes what the log delivers: drops what was delivered before, tells control records from loss, reads rows into
 * columns, and sees the rejected ones acknowledged before anything of their block may be cut. A partition whose
 * breaker opens pauses; the others go on.
 */
export class Intake {
  readonly partitions: PartitionIntake[];
  /** Accepted rows that wait for a cut. */
  pendingRows = 0;
  /** Pending rows that make no version yet, since every row of their window is held out; more have to come. */
  unfittableRows = 0;
  /** Rises when a partition pauses or goes on: `position` is another one then, and reading has to begin anew from it. */
  turns = 0;
  private readonly context: TrainerContext;
  private readonly reader: MessageReader;
  private readonly keeper: RejectedKeeper;

  /** `mayWrite` says whether this trainer still holds the lease. */
  constructor(context: TrainerContext, partitions: PartitionIntake[], mayWrite: () => Promise<boolean>) {
    this.context = context;
    this.partitions = partitions;
    this.reader = new MessageReader(context.schema);
    this.keeper = new RejectedKeeper(context, mayWrite, schemaDigest(context.schema));
  }

  /** The next offset to read of every partition, null for one that pauses. */
  position(): Map<number, number | null> {
    return new Map(
      this.partitions.map(({ partition, position, breaker }) => [
        partition,
        breaker.isOpen ? null : position,
      ]),
    );
  }

  /** True when every partition was read to where it ended at the given moment. */
  hasReached(ends: readonly PartitionBounds[]): boolean {
    return ends.every(({ partition, end }) => (this.partitions[partition]?.position ?? 0) >= end);
  }

  /** The same, but for partitions that pause: nobody knows when those go on. */
  hasReachedUnlessPaused(ends: readonly PartitionBounds[]): boolean {
    return this.hasReached(
      ends.filter(({ partition }) => this.partitions[partition]?.breaker.isOpen !== true),
    );
  }

  get paused(): PausedPartition[] {
    return this.partitions
      .filter(({ breaker }) => breaker.isOpen)
      .map(({ partition, position, breaker }) => breaker.describe(partition, position));
  }

  /** Lets a paused partition go on, through all that lies below `passTo`. */
  goOn(partition: number, passTo: number): void {
    const intake = this.partitions[partition]!;
    intake.breaker.close(passTo);
    this.context.log.info(
      'breaker-closed',
      `partition ${partition}: its newest rows are mostly good again, reading on from offset ${intake.position}`,
    );
    this.tellPaused();
  }

  /** Tells of the pauses that a trainer begins with. */
  tellPausedAtStart(): void {
    const { paused } = this;
    for (const each of paused) this.warnOf(each);
    if (paused.length > 0) this.tellPaused();
  }

  private tellPaused(): void {
    this.turns++;
    this.context.events.onPaused?.(this.paused);
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
    const { breaker, position } = intake;
    if (breaker.isOpen || block.next <= position) return true;
    const read = readBlock(
      block,
      position,
      this.reader,
      intake.store,
      settings.holdoutShare,
      (offset, good, reasons) => breaker.count(offset, good, reasons),
    );
    if (read.hasGap) {
      const { earliest } = (await rowLog.bounds())[block.partition]!;
      if (earliest > position) throw logRangeGone(block.partition, position, earliest);
    }
    if (read.rejected.length > 0 && !(await this.keeper.keep(read.rejected, signal))) return false;
    intake.pending.addBlock(read);
    intake.position = read.next;
    this.pendingRows += read.accepted;
    events.onRead?.(read.accepted, read.rejected.length);
    if (read.rejected.length > 0) events.onRejected?.(read.rejected);
    if (breaker.isOpen) {
      this.warnOf(breaker.describe(block.partition, intake.position));
      this.tellPaused();
    }
    return true;
  }

  private warnOf(paused: PausedPartition): void {
    const { partition, position, rejected, rows, reason } = paused;
    this.context.log.error(
      'breaker-open',
      `partition ${partition}: ${rejected} of the last ${rows} rows were rejected, most of them for ${reason}; ` +
        `its reading waits at offset ${position} until its newest rows are better, or for a start with --skip-breaker`,
      { ...paused },
    );
  }

  private async addPartitions(partitionCount: number): Promise<void> {
    const { rowLog, schema, settings, log } = this.context;
    const bounds = await rowLog.bounds();
    for (let p = this.partitions.length; p < partitionCount; p++) {
      const { earliest } = bounds[p]!;
      log.info('partition-added', `partition ${p} is new, reading it from ${earliest}`);
      const breaker = new Breaker(undefined, !settings.skipBreaker);
      this.partitions.push(PartitionIntake.startingAt(p, schema.features.length, earliest, breaker));
    }
  }
}

import type { EventEmitter } from 'node:events';
import { AlderError } from '../../../shared/errors';
import { MessageReader } from '../../../shared/row/message-reader';
import { type Schema, schemaDigest } from '../../../shared/row/schema';
import type {
  MessageBlock,
  PartitionBounds,
  ReadRound,
  RejectedRow,
  RowLog,
} from '../../../shared/row-log/row-log';
import type { Clock } from '../../../shared/runtime/clock';
import type { Log } from '../../../shared/runtime/log';
import type { Settings } from '../../../shared/settings/settings';
import { Breaker, type PausedPartition, type RecentRows } from './breaker';
import { PartitionIntake } from './partition-intake';
import { readBlock } from './read-block';
import { RejectedRowWriter } from './rejected-row-writer';

export interface IntakeEventMap {
  /** Rows of one block that were read. */
  read: [accepted: number, rejected: number];
  /** Rejected rows that the log has acknowledged. */
  rejected: [rows: readonly RejectedRow[]];
  /** All partitions that are paused now. */
  paused: [partitions: readonly PausedPartition[]];
}

interface IntakeParts {
  readonly rowLog: RowLog;
  readonly schema: Schema;
  readonly settings: Pick<Settings, 'holdoutShare' | 'skipBreaker'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: Pick<EventEmitter<IntakeEventMap>, 'emit'>;
}

/**
 * Takes the blocks that the log delivers. It drops redelivered messages, tells control records from loss, reads rows
 * into columns, and waits until the rejected rows of a block are acknowledged before a cut may take the block. A
 * partition whose breaker opens pauses; the other partitions are read on.
 */
export class Intake {
  /** Accepted rows that wait for a cut. */
  pendingRows = 0;
  /** Pending rows that cannot make a version alone, because every row of their window is held out. */
  unfittableRows = 0;
  /** Rises when a partition pauses or resumes: then reading has to start again from the new `position`. */
  readGeneration = 0;
  private readonly byPartition = new Map<number, PartitionIntake>();
  private readonly reader: MessageReader;
  private readonly rejectedRows: RejectedRowWriter;

  /** `mayWrite` tells whether this trainer still holds the lease. */
  constructor(
    private readonly parts: IntakeParts,
    partitions: readonly PartitionIntake[],
    mayWrite: () => Promise<boolean>,
  ) {
    for (const each of partitions) this.byPartition.set(each.partition, each);
    this.reader = new MessageReader(parts.schema);
    this.rejectedRows = new RejectedRowWriter(parts, mayWrite, schemaDigest(parts.schema));
  }

  /** In partition order. */
  get partitions(): PartitionIntake[] {
    return [...this.byPartition.values()];
  }

  /** The next offset to read of every partition, null for a paused one. */
  position(): Map<number, number | null> {
    return new Map(
      this.partitions.map(({ partition, position, breaker }) => [
        partition,
        breaker.isOpen ? null : position,
      ]),
    );
  }

  /** True when every partition was read to the given ends. */
  hasReached(ends: readonly PartitionBounds[]): boolean {
    return ends.every(({ partition, end }) => (this.byPartition.get(partition)?.position ?? 0) >= end);
  }

  /** As `hasReached`, without the paused partitions: nobody knows when their reading resumes. */
  hasReachedUnlessPaused(ends: readonly PartitionBounds[]): boolean {
    return this.hasReached(
      ends.filter(({ partition }) => this.byPartition.get(partition)?.breaker.isOpen !== true),
    );
  }

  get paused(): PausedPartition[] {
    return this.partitions
      .filter(({ breaker }) => breaker.isOpen)
      .map(({ partition, position, breaker }) => breaker.describe(partition, position));
  }

  /** The rows before the position of a paused partition, to judge the rows behind it. */
  recentRows(partition: number): RecentRows {
    return this.byPartition.get(partition)!.breaker.copyRecent();
  }

  /** Resumes the reading of a paused partition, without a new pause below offset `passTo`. */
  resumePartition(partition: number, passTo: number): void {
    const { breaker, position } = this.byPartition.get(partition)!;
    breaker.close(passTo);
    this.parts.log.info(
      'breaker-closed',
      `partition ${partition}: its newest rows are mostly good again; reading resumes at offset ${position}`,
      { partition, position },
    );
    this.changePaused();
  }

  /** Reports the partitions that are paused from the start of a term on. */
  reportPaused(): void {
    const { paused } = this;
    for (const each of paused) this.warnOf(each);
    if (paused.length > 0) this.changePaused();
  }

  /** Backpressure: true when reading should wait for a cut. */
  isFull(pendingRowsMax: number): boolean {
    return this.pendingRows >= pendingRowsMax && this.pendingRows > this.unfittableRows;
  }

  /**
   * Takes one round; resolves when its rejected rows are acknowledged. False when the signal aborted or the lease is
   * lost: reading has to end, since the skipped blocks would look like a gap. Throws `log-range-gone` on loss.
   */
  async take(round: ReadRound, signal: AbortSignal): Promise<boolean> {
    if (round.partitionCount > this.byPartition.size) await this.addPartitions(round.partitionCount);
    for (const block of round.blocks) {
      if (signal.aborted || !(await this.takeBlock(block, signal))) return false;
    }
    return true;
  }

  private async takeBlock(block: MessageBlock, signal: AbortSignal): Promise<boolean> {
    const { rowLog, settings, events } = this.parts;
    const intake = this.byPartition.get(block.partition)!;
    const { breaker, position } = intake;
    if (breaker.isOpen || block.next <= position) return true;
    const read = readBlock(
      block,
      position,
      this.reader,
      intake.store,
      settings.holdoutShare,
      (offset, accepted, reasons) => breaker.count(offset, accepted, reasons),
    );
    if (read.hasGap) checkNotLost(await rowLog.bounds(), block.partition, position);
    if (read.rejected.length > 0 && !(await this.rejectedRows.write(read.rejected, signal))) return false;
    intake.pending.addBlock(read);
    intake.position = read.next;
    this.pendingRows += read.accepted;
    events.emit('read', read.accepted, read.rejected.length);
    if (read.rejected.length > 0) events.emit('rejected', read.rejected);
    if (breaker.isOpen) {
      this.warnOf(breaker.describe(block.partition, intake.position));
      this.changePaused();
    }
    return true;
  }

  private changePaused(): void {
    this.readGeneration++;
    this.parts.events.emit('paused', this.paused);
  }

  private warnOf(paused: PausedPartition): void {
    const { partition, position, rejected, rows, reason } = paused;
    this.parts.log.error(
      'breaker-open',
      `partition ${partition}: ${rejected} of the last ${rows} rows were rejected, most of them for ${reason}; ` +
        `reading waits at offset ${position} until the newest rows are mostly good, or for a start with --skip-breaker`,
      { ...paused },
    );
  }

  private async addPartitions(partitionCount: number): Promise<void> {
    const { rowLog, schema, settings, log } = this.parts;
    for (const { partition, earliest } of await rowLog.bounds()) {
      if (partition >= partitionCount || this.byPartition.has(partition)) continue;
      log.info('partition-added', `partition ${partition} is new; reading it from offset ${earliest}`, {
        partition,
        earliest,
      });
      const breaker = new Breaker(undefined, !settings.skipBreaker);
      const { length } = schema.features;
      this.byPartition.set(partition, PartitionIntake.startingAt(partition, length, earliest, breaker));
    }
  }
}

/** Throws `log-range-gone` when the log no longer holds the next offset to read of a partition. */
export function checkNotLost(bounds: readonly PartitionBounds[], partition: number, position: number): void {
  const earliest = bounds.find((each) => each.partition === partition)?.earliest;
  if (earliest === undefined || earliest <= position) return;
  throw new AlderError(
    'log-range-gone',
    `offset ${position} of partition ${partition} is gone, earliest is ${earliest}: rows were lost before they were read`,
    {
      hint: 'keep the topic longer than the trainer may be away; start a new model (--model) to go on without them',
      fields: { partition, offset: position, earliest },
    },
  );
}

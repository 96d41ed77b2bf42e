import type { RowFault } from '../../../shared/errors';

/** Why a partition is paused, as the trainer's /readyz shows it. */
export interface PausedPartition {
  readonly partition: number;
  /** The next offset to read. */
  readonly position: number;
  /** How many of the last `rows` rows before the position were rejected, and the most frequent reason. */
  readonly rejected: number;
  readonly rows: number;
  readonly reason: RowFault | null;
}

/**
 * The circuit breaker of one partition: it opens, and reading pauses, when more than half of the last `RECENT_ROWS`
 * rows are bad. The likely cause is a wrong producer or a wrong schema, and reading on would only turn the topic into
 * rejected rows. Nothing is dropped and the position stays. The state depends on the rows alone, so a restarted trainer
 * pauses at the same offset.
 *
 * An operator has three ways on. After the producer is corrected, reading resumes by itself once the newest rows of the
 * log are mostly good, and passes through the bad rows. If the rows are right and the schema is wrong, a trainer with the
 * right schema judges the same rows again (possible while the model has no version). To step over the bad rows, restart
 * the trainer with `--skip-breaker`: each bad row is rejected with its reason.
 */
export class Breaker {
  private opened = false;
  /** Rows below this offset do not open the breaker, because the rows at the end of the log were found to be good. */
  private passTo = 0;

  /** `recent` holds the rows before the position; a breaker that may not open only counts. */
  constructor(
    private readonly recent = new RecentRows(),
    private readonly mayOpen = true,
  ) {
    this.judge();
  }

  get isOpen(): boolean {
    return this.opened;
  }

  /** Counts the rows of the next message, at `offset`; true when reading has to pause behind it. */
  count(offset: number, accepted: number, reasons: readonly RowFault[]): boolean {
    this.recent.add(accepted, reasons);
    if (offset >= this.passTo) this.judge();
    return this.opened;
  }

  /** Closes the breaker and keeps it closed for all rows below `passTo`. */
  close(passTo: number): void {
    this.opened = false;
    this.passTo = passTo;
  }

  /** A copy of the rows before the position. */
  copyRecent(): RecentRows {
    return this.recent.copy();
  }

  describe(partition: number, position: number): PausedPartition {
    const { rejected, count: rows, commonestReason: reason } = this.recent;
    return { partition, position, rejected, rows, reason };
  }

  private judge(): void {
    this.opened = this.mayOpen && this.recent.count === RECENT_ROWS && this.recent.areMostlyBad;
  }
}

/**
 * The number of rows that the breaker judges by. A handful of bad rows says nothing about a stream, so a partition with
 * fewer rows than this never pauses.
 */
export const RECENT_ROWS = 1_000;

/** The fate of the last `RECENT_ROWS` rows of one partition, in the log's order. */
export class RecentRows {
  /** A ring buffer: null for an accepted row, the reason for a rejected one. */
  private readonly fates: (RowFault | null)[] = [];
  private oldest = 0;
  private bad = 0;

  /** Adds a message's rows, the accepted ones first. */
  add(accepted: number, reasons: readonly RowFault[]): void {
    // More accepted rows than the buffer holds fill it once.
    for (let i = Math.min(accepted, RECENT_ROWS); i > 0; i--) this.push(null);
    for (const reason of reasons) this.push(reason);
  }

  /** Rows counted, at most `RECENT_ROWS`. */
  get count(): number {
    return this.fates.length;
  }

  get rejected(): number {
    return this.bad;
  }

  get areMostlyBad(): boolean {
    return this.bad * 2 > this.fates.length;
  }

  /** The most frequent reason, the first seen among equals; null when no row was rejected. */
  get commonestReason(): RowFault | null {
    const counts = new Map<RowFault, number>();
    let commonest: RowFault | null = null;
    for (const fate of this.fates) {
      if (fate === null) continue;
      const count = (counts.get(fate) ?? 0) + 1;
      counts.set(fate, count);
      if (commonest === null || count > counts.get(commonest)!) commonest = fate;
    }
    return commonest;
  }

  copy(): RecentRows {
    const copy = new RecentRows();
    copy.fates.push(...this.fates);
    copy.oldest = this.oldest;
    copy.bad = this.bad;
    return copy;
  }

  private push(fate: RowFault | null): void {
    if (fate !== null) this.bad++;
    if (this.fates.length < RECENT_ROWS) {
      this.fates.push(fate);
      return;
    }
    if (this.fates[this.oldest] !== null) this.bad--;
    this.fates[this.oldest] = fate;
    this.oldest = (this.oldest + 1) % RECENT_ROWS;
  }
}

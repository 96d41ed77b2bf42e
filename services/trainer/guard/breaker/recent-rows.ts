import type { RowFault } from '../../../../shared/errors';

/**
 * How many of a partition's rows the breaker looks at. A handful of bad rows says nothing about a stream, so nothing
 * is decided before this many were seen: a partition that has fewer rows in all never pauses.
 */
export const RECENT_ROWS = 1_000;

/** The fate of the last `RECENT_ROWS` rows of one partition, in the log's order. */
export class RecentRows {
  /** A ring: null for an accepted row, the reason for a rejected one. */
  private readonly fates: (RowFault | null)[] = [];
  private oldest = 0;
  private bad = 0;

  /** Adds a message's rows; the good ones of a message go before its bad ones. */
  add(accepted: number, reasons: readonly RowFault[]): void {
    // More good rows than the ring holds only fill it once over.
    for (let i = Math.min(accepted, RECENT_ROWS); i > 0; i--) this.push(null);
    for (const reason of reasons) this.push(reason);
  }

  /** Rows seen, at most `RECENT_ROWS`. */
  get count(): number {
    return this.fates.length;
  }

  get rejected(): number {
    return this.bad;
  }

  get areMostlyBad(): boolean {
    return this.bad * 2 > this.fates.length;
  }

  /** The reason of most rejected rows, the one seen first where two are as many; null when none was rejected. */
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

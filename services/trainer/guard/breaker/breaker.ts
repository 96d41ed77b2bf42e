import type { RowFault } from '../../../../shared/errors';
import { RECENT_ROWS, RecentRows } from './recent-rows';

/** Why a partition pauses, as the trainer's /readyz shows it. */
export interface PausedPartition {
  readonly partition: number;
  /** The next offset that would be read. */
  readonly position: number;
  /** How many of the last rows before it were rejected, and most of them why. */
  readonly rejected: number;
  readonly rows: number;
  readonly reason: RowFault | null;
}

/**
 * Stops the reading of one partition when more than half of its last `RECENT_ROWS` rows are bad: most likely a
 * producer or a schema is wrong, and reading on would only turn the topic into rejected rows. Nothing is dropped and
 * the position stays. It depends on the rows alone, so a restart comes to the same place and drains nothing.
 *
 * What an operator does: mend the producer, and the trainer goes on by itself once the newest rows of the log are
 * mostly good, through the bad ones in between. Are the rows right and the trainer wrong, start one that reads them
 * (without a version yet, one with the right schema): it judges the same rows anew. Should the bad rows simply be
 * stepped over, stop the trainer and start it with `--skip-breaker`: each is rejected with its reason.
 */
export class Breaker {
  private opened = false;
  /** Rows below this offset do not open it: those at the log's end were seen to be better. */
  private passTo = 0;

  /** `recent` holds the rows before the position; one that may not open only counts. */
  constructor(
    private readonly recent = new RecentRows(),
    private readonly mayOpen = true,
  ) {
    this.judge();
  }

  get isOpen(): boolean {
    return this.opened;
  }

  /** Counts the rows of the message at an offset, in the log's order; true when the reading has to pause behind it. */
  count(offset: number, accepted: number, reasons: readonly RowFault[]): boolean {
    this.recent.add(accepted, reasons);
    if (offset >= this.passTo) this.judge();
    return this.opened;
  }

  /** Lets the reading go on, at least to an offset. */
  close(passTo: number): void {
    this.opened = false;
    this.passTo = passTo;
  }

  /** The rows before the position, to go on counting from without changing this breaker. */
  rowsSoFar(): RecentRows {
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

import { AlderError } from '../../shared/errors';
import type { Schema } from '../../shared/row/schema';
import type { RowLog } from '../../shared/row-log/row-log';
import type { Clock } from '../../shared/runtime/clock';
import type { Log } from '../../shared/runtime/log';
import type { RetryPolicy } from './retry';
import type { RowSource } from './row-source';

export interface ProducerOptions {
  readonly log: RowLog;
  readonly rows: RowSource;
  readonly schema: Schema;
  /** Null: as fast as the log acknowledges. */
  readonly ratePerSecond: number | null;
  /** 1 to `ROWS_PER_MESSAGE_MAX`. */
  readonly rowsPerMessage: number;
  /** Whether to send only the rows of this file that the log does not hold yet. */
  readonly resume: boolean;
  /** Asked before each append; nothing is sent while it returns false. Always true by default. */
  readonly isAllowed?: () => boolean;
  readonly clock: Clock;
  /** Stops after the append in flight, or a second later when the log does not answer. */
  readonly signal: AbortSignal;
  /** Rows of the source in the log so far, and in the end (null when unknown). */
  readonly onProgress?: (rowsInLog: number, rowsTotal: number | null) => void;
  readonly retry?: RetryPolicy;
  /** Gets the outages of the log, and the rows that a stop leaves unacknowledged. */
  readonly notices?: Log;
}

/** The result of a run, in rows. */
export interface ProducerSummary {
  /** Read from the source, including the rows that were in the log before. */
  readonly rows: number;
  readonly acknowledged: number;
  /** Found in the log and not sent again. */
  readonly alreadyInLog: number;
  /** Acknowledged rows with a feature that is no number, or with a class that the schema does not have. */
  readonly willBeRejected: number;
  /** The lowest row that was missing when the run began; null without resume or when the log held no row of the file. */
  readonly resumedFrom: number | null;
  /** Sent to a log that did not answer before the run was stopped; the log may hold these rows. */
  readonly unanswered: number;
  /** Whether the signal ended the run before the source did. */
  readonly stopped: boolean;
}

export const ROWS_PER_MESSAGE_MAX = 10_000;

/** The counts of a run so far. */
export type Tally = {
  -readonly [count in Exclude<keyof ProducerSummary, 'stopped'>]: ProducerSummary[count];
};

/** Throws `usage` naming the option at fault. */
export function checkOptions({ rows, ratePerSecond, rowsPerMessage, resume }: ProducerOptions): void {
  if (!Number.isInteger(rowsPerMessage) || rowsPerMessage < 1 || rowsPerMessage > ROWS_PER_MESSAGE_MAX) {
    throw new AlderError(
      'usage',
      `rows per message must be a whole number from 1 to ${ROWS_PER_MESSAGE_MAX}`,
    );
  }
  if (ratePerSecond !== null && !(ratePerSecond > 0 && Number.isFinite(ratePerSecond))) {
    throw new AlderError('usage', 'the rate must be a number of rows per second above 0');
  }
  if (resume && rows.simulatedSeed !== null) {
    throw new AlderError(
      'usage',
      'a simulation cannot be resumed, since its rows have no place in the file',
      {
        hint: 'leave out --resume or --simulate',
      },
    );
  }
}

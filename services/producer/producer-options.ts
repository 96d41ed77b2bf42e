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
  /** Whether to go on after the rows of this file that the log already holds. */
  readonly resume: boolean;
  /** Asked before each append; while it says no, nothing is sent. Always yes by default. */
  readonly isAllowed?: () => boolean;
  readonly clock: Clock;
  /** Stops after the append in flight, or a second later when the log does not answer. */
  readonly signal: AbortSignal;
  /** Rows of the source that are in the log by now, and how many there will be (null when unknown). */
  readonly onProgress?: (rowsInLog: number, rowsTotal: number | null) => void;
  readonly retry?: RetryPolicy;
  /** Told of rows that wait for the log, and of what a stop leaves unknown. */
  readonly notices?: Log;
}

/** What a run did, in rows. */
export interface ProducerSummary {
  /** Read from the source, those that were in the log before included. */
  readonly rows: number;
  readonly acknowledged: number;
  /** Found in the log and not sent again. */
  readonly alreadyInLog: number;
  /** Among the acknowledged: a feature that is no number, or a class unknown to the schema. */
  readonly willBeRejected: number;
  /** The lowest row that was missing when the run began; null without resume or when the log held no row of the file. */
  readonly resumedFrom: number | null;
  /** Sent to a log that did not answer before the run was stopped: whether it holds them is not known. */
  readonly unanswered: number;
  /** Whether the signal ended the run before the source did. */
  readonly stopped: boolean;
}

export const ROWS_PER_MESSAGE_MAX = 10_000;

/** What a run has done so far. */
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
    throw new AlderError('usage', 'a simulation has no end to go on towards', {
      hint: 'leave out --resume or --simulate',
    });
  }
}

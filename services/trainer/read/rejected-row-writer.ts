import { isAlderError } from '../../../shared/errors';
import { APPEND_MESSAGES_MAX } from '../../../shared/row-log/bounds';
import { rejectedTopic } from '../../../shared/row-log/rejected-messages';
import type { RejectedRow, RowLog } from '../../../shared/row-log/row-log';
import type { Clock } from '../../../shared/runtime/clock';
import type { Log } from '../../../shared/runtime/log';
import { OutageNotice } from '../../../shared/runtime/outage-notice';

const PAUSE_MS = 500;
/** An adapter may try for a minute before it gives up, so a silent append is reported this often. */
const REPEAT_MS = 5_000;
/** With its coordinates and headers, a group of this size stays below the 900 KB of one send to Kafka. */
const GROUP_BYTES_MAX = 262_144;

/**
 * Appends rejected rows and waits for the acknowledgement, however long the topic is missing, full or away: no record
 * may step over a rejected row that is not stored.
 */
export class RejectedRowWriter {
  constructor(
    private readonly parts: { readonly rowLog: RowLog; readonly clock: Clock; readonly log: Log },
    /** Called before each append, since the log cannot fence a trainer whose lease ended while it slept. */
    private readonly mayWrite: () => Promise<boolean>,
    /** Stored with each row, for readers of the topic that have another schema. */
    private readonly schemaDigest: string,
  ) {}

  /**
   * Resolves with true once all rows are acknowledged; false when the signal aborted or the lease is lost. After false
   * an append may still be under way, and the next trainer appends the same rows again with the same coordinates.
   */
  async write(rows: readonly RejectedRow[], signal: AbortSignal): Promise<boolean> {
    const over = new AbortController();
    const stopped = new Promise<false>((resolve) => {
      signal.addEventListener('abort', () => resolve(false), { once: true, signal: over.signal });
    });
    const notice = this.notice();
    try {
      return await notice.watch(async () => {
        // Group by group: a retry then appends no second copy of the groups that were acknowledged before.
        for (const group of groupsOf(rows)) {
          if (!(await Promise.race([this.writeGroup(group, notice, signal), stopped]))) return false;
        }
        notice.recovered();
        return true;
      });
    } finally {
      over.abort();
    }
  }

  private async writeGroup(
    rows: readonly RejectedRow[],
    notice: OutageNotice,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { rowLog, clock } = this.parts;
    const stamped = rows.map((row) => ({ ...row, schemaDigest: this.schemaDigest }));
    while (!signal.aborted) {
      try {
        if (!(await this.mayWrite())) return false;
        await rowLog.appendRejected(stamped);
        return true;
      } catch (error) {
        if (!isAlderError(error)) throw error;
        notice.failed(error);
        await clock.sleep(PAUSE_MS, signal);
      }
    }
    return false;
  }

  private notice(): OutageNotice {
    const { rowLog, clock, log } = this.parts;
    const topic = rejectedTopic(rowLog.identity.topic);
    let reported = '';
    return new OutageNotice({
      clock,
      repeatMs: REPEAT_MS,
      onOutage: (error, lastedMs) => {
        if (isAlderError(error) && error.message !== reported) {
          reported = error.message;
          const hint = error.hint === undefined ? '' : `; ${error.hint}`;
          const message = `reading waits, because rejected rows could not be stored: ${error.message}${hint}`;
          log.error(error.code, message, { topic, ...error.fields });
          return;
        }
        const seconds = Math.round(lastedMs / 1_000);
        const message = `reading waits: for ${seconds} s ${topic} has not acknowledged rejected rows`;
        log.error('rejected-waits', `${message}; see that it exists and accepts messages`, {
          topic,
          seconds,
        });
      },
      onRecovery: () => log.info('rejected-kept', 'rejected rows are stored again; reading goes on'),
    });
  }
}

/** The rows in their order, in groups that one append takes; a row larger than a group stands alone. */
function* groupsOf(rows: readonly RejectedRow[]): Generator<readonly RejectedRow[]> {
  let from = 0;
  let bytes = 0;
  for (const [i, row] of rows.entries()) {
    const rowBytes = row.bytes?.length ?? 0;
    if (i > from && (i - from === APPEND_MESSAGES_MAX || bytes + rowBytes > GROUP_BYTES_MAX)) {
      yield rows.slice(from, i);
      from = i;
      bytes = 0;
    }
    bytes += rowBytes;
  }
  if (from < rows.length) yield rows.slice(from);
}

import { isAlderError } from '../../../shared/errors';
import { APPEND_MESSAGES_MAX } from '../../../shared/row-log/bounds';
import { rejectedTopic } from '../../../shared/row-log/rejected-messages';
import type { RejectedRow } from '../../../shared/row-log/row-log';
import type { TrainerContext } from '../term/trainer-context';

const PAUSE_MS = 500;
/** An append that is not acknowledged is told of this often: the log may try for a minute before it gives up. */
const TELL_MS = 5_000;
/** With as many coordinates as rows it stays below the 900 KB of one send to Kafka. */
const GROUP_BYTES_MAX = 262_144;

/** Sees rejected rows kept, however long their topic is missing, full or away: nothing may step over one that is not. */
export class RejectedKeeper {
  constructor(
    private readonly context: Pick<TrainerContext, 'rowLog' | 'clock' | 'log'>,
    /** Asked before each append: the log cannot fence a trainer that lost its lease in its sleep. */
    private readonly mayWrite: () => Promise<boolean>,
    /** Goes with each row, for those who read the topic with another schema. */
    private readonly schemaDigest: string,
  ) {}

  /**
   * Resolves with true once all rows are acknowledged; false when the signal aborted or the lease is lost. Then an
   * append may still be under way, and the next trainer keeps the same rows again under the same coordinates.
   */
  async keep(rows: readonly RejectedRow[], signal: AbortSignal): Promise<boolean> {
    const over = new AbortController();
    const stopped = new Promise<false>((resolve) => {
      signal.addEventListener('abort', () => resolve(false), { once: true, signal: over.signal });
    });
    void this.tellWhileWaiting(over.signal);
    try {
      // A group that is kept is not sent again while a later one is refused, or each try would add copies to the topic.
      for (const group of groupsOf(rows)) {
        if (!(await Promise.race([this.keepGroup(group, signal), stopped]))) return false;
      }
      return true;
    } finally {
      over.abort();
    }
  }

  private async keepGroup(rows: readonly RejectedRow[], signal: AbortSignal): Promise<boolean> {
    const { rowLog, log, clock } = this.context;
    const kept = rows.map((row) => ({ ...row, schemaDigest: this.schemaDigest }));
    let told: string | null = null;
    while (!signal.aborted) {
      try {
        if (!(await this.mayWrite())) return false;
        await rowLog.appendRejected(kept);
        if (told !== null) log.info('rejected-kept', 'rejected rows are kept again, reading on');
        return true;
      } catch (error) {
        if (!isAlderError(error)) throw error;
        if (error.message !== told) {
          const hint = error.hint === undefined ? '' : `; ${error.hint}`;
          log.error(error.code, `rejected rows could not be kept, reading waits: ${error.message}${hint}`);
        }
        told = error.message;
        await clock.sleep(PAUSE_MS, signal);
      }
    }
    return false;
  }

  private async tellWhileWaiting(over: AbortSignal): Promise<void> {
    const { rowLog, log, clock } = this.context;
    const sinceMs = clock.monotonicMs();
    for (;;) {
      await clock.sleep(TELL_MS, over);
      if (over.aborted) return;
      const seconds = Math.round((clock.monotonicMs() - sinceMs) / 1_000);
      log.error(
        'rejected-waits',
        `reading waits: for ${seconds} s ${rejectedTopic(rowLog.identity.topic)} has not acknowledged rejected rows; ` +
          'see that the topic is there and takes them',
      );
    }
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

import { type AlderError, isAlderError } from '../../shared/errors';
import { coordinatesText, type ReplayMark, replayOf } from '../../shared/row-log/replay-marks';
import { DEFAULT_READ_BOUNDS, type RowLog } from '../../shared/row-log/row-log';
import { countDue, type Due, isDue, type WhichRows } from './due';
import { RejectedLedger } from './rejected-ledger';
import { ReplaySender } from './replay-sender';

export interface ReplayOptions extends WhichRows {
  readonly log: RowLog;
  /** Unique among all runs there ever were. */
  readonly run: string;
  /** Counts and writes nothing. */
  readonly isDryRun: boolean;
  readonly signal: AbortSignal;
  readonly onProgress?: (step: 'reading' | 'sending', done: number, total: number | null) => void;
}

/** What a run came to. `due` is what was to be sent when it began. */
export interface ReplaySummary extends Due {
  readonly dryRun: boolean;
  /** Acknowledged by the log. */
  readonly sent: number;
  /** Sent by an earlier run that did not live to note it; noted now, unless this is a dry run. */
  readonly foundInLog: number;
  readonly ended: 'done' | 'stopped' | 'another-run' | 'failed';
}

/**
 * Sends rejected rows back to the row topic, each once until it is rejected again: the original bytes as one message of
 * the same partition, with headers that say where it comes from and how often it was sent.
 *
 * A run notes in the rejected topic that it begins, each row after its acknowledgement, and that it has ended. What a run
 * sent and did not note, because it died in between, the next one finds in the row topic behind the place where that run
 * began. Two gaps are left: an append of a run that died which reaches the log only after that look, and a send under
 * way in a run while another begins. Either repeats the rows of one send at most.
 *
 * An error of the log comes with the summary, since rows may have been sent before it.
 */
export async function replayRejected(
  options: ReplayOptions,
): Promise<{ summary: ReplaySummary; failure: AlderError | null }> {
  const { log, run, signal, isDryRun, onProgress } = options;
  const ledger = new RejectedLedger(log);
  const sender = new ReplaySender(log, ledger, run, signal, options);
  let counted: Due = countDue(ledger, options);
  let foundInLog = 0;
  const ending = (ended: ReplaySummary['ended'], failure: AlderError | null = null) => ({
    summary: { ...counted, dryRun: isDryRun, sent: sender.sent, foundInLog, ended },
    failure,
  });
  try {
    await ledger.catchUp({ signal, onProgress: (read) => onProgress?.('reading', read, null) });
    const owed = await findSent(log, ledger, signal);
    if (signal.aborted) return ending('stopped');
    if (owed.length > 0 && !isDryRun) await log.appendMarks(owed);
    for (const mark of owed) ledger.note(mark);
    foundInLog = owed.length;
    counted = countDue(ledger, options);
    if (isDryRun) return ending('done');
    // With nothing to send, a run that died is closed all the same, so that nobody looks for its rows again.
    if (counted.due === 0 && !ledger.isRunOpen) return ending('done');
    await sender.begin();
    const copies = log.readRejected(new Map(), DEFAULT_READ_BOUNDS, signal);
    for await (const { partition, offsets, values, headers } of copies) {
      for (const [i, offset] of offsets.entries()) {
        const entry = ledger.entryOf(headers?.[i] ?? null, partition, offset);
        if (entry === null || !isDue(entry, ledger, options)) continue;
        await sender.add(entry, values[i]!);
        onProgress?.('sending', sender.sent, counted.due);
        if (sender.stop !== null) break;
      }
      if (sender.stop !== null) break;
    }
    await sender.end();
    if (sender.stop !== null) return ending(sender.stop);
    return ending(signal.aborted ? 'stopped' : 'done');
  } catch (error) {
    if (!isAlderError(error) || error.code === 'invariant') throw error;
    return ending('failed', error);
  }
}

/**
 * The marks that the newest run still owes: rows that it sent and did not live to note. Reads the row topic from where
 * that run began; reads nothing when it ended as it should.
 */
export async function findSent(
  log: RowLog,
  ledger: RejectedLedger,
  signal?: AbortSignal,
): Promise<Extract<ReplayMark, { kind: 'replayed' }>[]> {
  const run = ledger.newestRun;
  if (run === null || !ledger.isRunOpen) return [];
  const owed = new Map<string, Extract<ReplayMark, { kind: 'replayed' }>>();
  for (const { partition, earliest, end } of await log.bounds()) {
    // A partition that the run did not know got nothing from it.
    const from = Math.max(run.from.get(partition) ?? end, earliest);
    if (from >= end) continue;
    const range = { partition, from, next: end };
    for await (const block of log.readRange(range, DEFAULT_READ_BOUNDS, signal)) {
      for (const [i, offset] of block.offsets.entries()) {
        const headers = block.headers?.[i] ?? null;
        const replay = headers === null ? null : replayOf(headers);
        if (replay === null || ledger.wasReplayed(replay)) continue;
        const { row, attempt } = replay;
        const key = coordinatesText(row);
        if (!ledger.entries.has(key) || owed.has(key)) continue;
        owed.set(key, { kind: 'replayed', row, attempt, sent: { partition, offset } });
      }
    }
  }
  return [...owed.values()];
}

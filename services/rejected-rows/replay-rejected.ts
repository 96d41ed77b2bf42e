import { type AlderError, isAlderError } from '../../shared/errors';
import { DEFAULT_READ_BOUNDS } from '../../shared/row-log/bounds';
import { coordinatesText, replayOf } from '../../shared/row-log/rejected-messages';
import type { ReplayProgress, RowLog } from '../../shared/row-log/row-log';
import { countDue, type Due, isDue, type WhichRows } from './due';
import { RejectedLedger } from './rejected-ledger';
import { ReplaySender } from './replay-sender';

export interface ReplayOptions extends WhichRows {
  readonly log: RowLog;
  /** A name that no other replay has. */
  readonly run: string;
  /** Counts and writes nothing. */
  readonly isDryRun: boolean;
  readonly signal: AbortSignal;
  readonly onProgress?: (step: 'reading' | 'sending', done: number, total: number | null) => void;
}

/** The result of a replay. `due` is the number of rows to send at its beginning. */
export interface ReplaySummary extends Due {
  readonly dryRun: boolean;
  /** Acknowledged by the log. */
  readonly sent: number;
  /** Sent by an earlier replay that died before it noted them; noted now, unless this is a dry run. */
  readonly foundInLog: number;
  readonly ended: 'done' | 'stopped' | 'another-run' | 'failed';
}

/**
 * Sends rejected rows to the row topic again, each once until it is rejected again: the original bytes as one message of
 * the same partition, with headers for its origin and its number of attempts.
 *
 * A replay notes in the dead-letter topic that it begins, each row after its acknowledgement, and that it has ended. When
 * a replay dies, the next one searches the row topic, from the offsets where the dead replay began, for rows that were
 * sent and not noted. Two gaps are left. An append of the dead replay may reach the log after this search, and a replay
 * may begin while another one has a send in flight. Either repeats the rows of at most one send.
 *
 * An error of the log is returned with the summary, since rows may have been sent before it.
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
    const unnoted = await findSent(log, ledger, signal);
    if (signal.aborted) return ending('stopped');
    if (unnoted.length > 0 && !isDryRun) await log.appendReplayProgress(unnoted);
    for (const mark of unnoted) ledger.note(mark);
    foundInLog = unnoted.length;
    counted = countDue(ledger, options);
    if (isDryRun) return ending('done');
    // Without rows to send, a dead replay is still ended here, so that no later replay searches for its rows.
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
 * The marks of rows that the newest replay sent and did not note. Reads the row topic from the offsets where that replay
 * began; reads nothing when that replay noted its end.
 */
async function findSent(
  log: RowLog,
  ledger: RejectedLedger,
  signal?: AbortSignal,
): Promise<Extract<ReplayProgress, { kind: 'replayed' }>[]> {
  const run = ledger.newestRun;
  if (run === null || !ledger.isRunOpen) return [];
  const unnoted = new Map<string, Extract<ReplayProgress, { kind: 'replayed' }>>();
  for (const { partition, earliest, end } of await log.bounds()) {
    // The replay sent nothing to a partition that was added after its beginning.
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
        if (!ledger.entries.has(key) || unnoted.has(key)) continue;
        unnoted.set(key, { kind: 'replayed', row, attempt, sent: { partition, offset } });
      }
    }
  }
  return [...unnoted.values()];
}

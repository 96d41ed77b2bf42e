import { DEFAULT_READ_BOUNDS } from '../../shared/row-log/bounds';
import { coordinatesText, replayOf } from '../../shared/row-log/rejected-messages';
import type { ReplayProgress, RowLog } from '../../shared/row-log/row-log';
import type { RejectedLedger } from './rejected-ledger';

/**
 * The marks that the newest run still owes: rows that it sent and did not live to note. Reads the row topic from where
 * that run began; reads nothing when it ended as it should.
 */
export async function findSent(
  log: RowLog,
  ledger: RejectedLedger,
  signal?: AbortSignal,
): Promise<Extract<ReplayProgress, { kind: 'replayed' }>[]> {
  const run = ledger.newestRun;
  if (run === null || !ledger.isRunOpen) return [];
  const owed = new Map<string, Extract<ReplayProgress, { kind: 'replayed' }>>();
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

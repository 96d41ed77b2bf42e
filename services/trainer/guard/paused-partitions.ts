import type { PartitionLineage } from '../../../shared/model-registry/version-record';
import { MessageReader } from '../../../shared/row/message-reader';
import type { Schema } from '../../../shared/row/schema';
import { DEFAULT_READ_BOUNDS } from '../../../shared/row-log/bounds';
import type { OffsetRange, RowLog } from '../../../shared/row-log/row-log';
import type { Clock } from '../../../shared/runtime/clock';
import type { Log } from '../../../shared/runtime/log';
import { outageWarning } from '../../../shared/runtime/outage-notice';
import type { Settings } from '../../../shared/settings/settings';
import { Breaker, RECENT_ROWS, RecentRows } from '../read/breaker';
import { checkNotLost, type Intake } from '../read/intake';
import { readBlock } from '../read/read-block';
import { PartitionRows } from '../window/partition-rows';
import { byPartition, isLogAway } from './check-log';

const CHECK_MS = 2_000;
/** Every message has at least one row, so this many messages hold all rows that count. */
const MESSAGES_MAX = RECENT_ROWS;

type PausedPartitions = Pick<Intake, 'paused' | 'recentRows' | 'resumePartition'>;

interface RowSource {
  readonly rowLog: RowLog;
  readonly schema: Schema;
}

/**
 * Checks the paused partitions until the signal aborts and resumes each one whose newest rows are mostly good. Throws
 * `log-range-gone` when retention reaches the position of a paused partition: no reader would notice the loss.
 */
export async function watchPaused(
  { clock, log, ...source }: RowSource & { readonly clock: Clock; readonly log: Log },
  intake: PausedPartitions,
  signal: AbortSignal,
): Promise<void> {
  /** The end of each partition at its last check: without a new message there is nothing to judge. */
  const checkedTo = new Map<number, number>();
  const outage = outageWarning('paused partitions wait for the log', log, { clock });
  while (!signal.aborted) {
    try {
      if (intake.paused.length > 0) await checkPaused(source, intake, checkedTo, signal);
      outage.recovered();
    } catch (error) {
      if (!isLogAway(error)) throw error;
      outage.failed(error);
    }
    await clock.sleep(CHECK_MS, signal);
  }
}

/**
 * The breaker of a partition that continues from a record, with the rows before `next` read again. Without them every
 * restart would let another thousand bad rows pass.
 */
export async function restoreBreaker(
  { settings, ...source }: RowSource & { readonly settings: Pick<Settings, 'skipBreaker'> },
  { partition, start, next, accepted, rejected }: PartitionLineage,
  earliest: number,
  signal: AbortSignal,
): Promise<Breaker> {
  let recent = new RecentRows();
  if (rejected === 0) recent.add(accepted, []);
  else {
    const from = Math.max(earliest, Number(start));
    recent = await readNewestRows(source, { partition, from, next: Number(next) }, signal);
  }
  return new Breaker(recent, !settings.skipBreaker);
}

async function checkPaused(
  source: RowSource,
  intake: PausedPartitions,
  checkedTo: Map<number, number>,
  signal: AbortSignal,
): Promise<void> {
  const bounds = await source.rowLog.bounds();
  const ends = byPartition(bounds);
  for (const { partition, position } of intake.paused) {
    const end = ends.get(partition)?.end;
    checkNotLost(bounds, partition, position);
    if (end === undefined || checkedTo.get(partition) === end) continue;
    const range = { partition, from: position, next: end };
    if (await areNewestRowsGood(source, range, intake.recentRows(partition), signal)) {
      checkedTo.delete(partition);
      intake.resumePartition(partition, end);
    } else checkedTo.set(partition, end);
  }
}

/**
 * True when the newest rows of a paused partition are no longer mostly bad. The rows at the end of the log decide and
 * not the next ones: bad rows that came before the producer was corrected stay in the log.
 */
async function areNewestRowsGood(
  source: RowSource,
  range: OffsetRange,
  recent: RecentRows,
  signal: AbortSignal,
): Promise<boolean> {
  if (range.next - range.from > MESSAGES_MAX) {
    const newest = await readNewestRows(source, range, signal);
    return !signal.aborted && newest.count > 0 && !newest.areMostlyBad;
  }
  // So few messages came since the pause that the rows before it still count.
  await addRows(source, range, recent, signal);
  return !signal.aborted && !recent.areMostlyBad;
}

/**
 * The newest rows of a range. A message may hold one row or a megabyte of rows, so the last ten messages are read first
 * and more only if they hold too few rows. Throws what `readRange` throws.
 */
async function readNewestRows(
  source: RowSource,
  { partition, from, next }: OffsetRange,
  signal: AbortSignal,
): Promise<RecentRows> {
  for (let messages = 10; ; messages *= 10) {
    const recent = new RecentRows();
    const begin = Math.max(from, next - messages);
    await addRows(source, { partition, from: begin, next }, recent, signal);
    const isEnough = recent.count === RECENT_ROWS || begin === from || messages >= MESSAGES_MAX;
    if (isEnough || signal.aborted) return recent;
  }
}

/** Adds the fates of a range's rows to `recent`; stores no row and rejects none. */
async function addRows(
  { rowLog, schema }: RowSource,
  range: OffsetRange,
  recent: RecentRows,
  signal: AbortSignal,
): Promise<void> {
  if (range.from >= range.next) return;
  const reader = new MessageReader(schema);
  let position = range.from;
  for await (const block of rowLog.readRange(range, DEFAULT_READ_BOUNDS, signal)) {
    const rows = new PartitionRows(range.partition, schema.features.length);
    readBlock(block, position, reader, rows, 0, (_, accepted, reasons) => {
      recent.add(accepted, reasons);
      return false;
    });
    position = block.next;
  }
}

import type { Schema } from '../../../../shared/row/schema';
import type { OffsetRange, RowLog } from '../../../../shared/row-log/row-log';
import { LOOK_MESSAGES, lookAtRows } from './look-at-rows';
import { RECENT_ROWS, RecentRows } from './recent-rows';

/**
 * The last rows of a range of one partition. It reads the last ten messages first and more only if they hold too few
 * rows: a message may have one row or a megabyte of them. Throws what `readRange` throws.
 */
export async function lookBack(
  rowLog: RowLog,
  schema: Schema,
  { partition, from, next }: OffsetRange,
  signal: AbortSignal,
): Promise<RecentRows> {
  for (let messages = 10; ; messages *= 10) {
    const recent = new RecentRows();
    const begin = Math.max(from, next - messages);
    await lookAtRows(rowLog, schema, { partition, from: begin, next }, recent, signal);
    const isEnough = recent.count === RECENT_ROWS || begin === from || messages >= LOOK_MESSAGES;
    if (isEnough || signal.aborted) return recent;
  }
}

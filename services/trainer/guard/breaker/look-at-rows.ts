import { MessageReader } from '../../../../shared/row/message-reader';
import type { Schema } from '../../../../shared/row/schema';
import { DEFAULT_READ_BOUNDS } from '../../../../shared/row-log/bounds';
import type { OffsetRange, RowLog } from '../../../../shared/row-log/row-log';
import { readBlock } from '../../read/read-block';
import { PartitionRows } from '../../window/partition-rows';
import { RECENT_ROWS, type RecentRows } from './recent-rows';

/** Every message has at least one row, so the last so many messages hold all rows that count. */
export const LOOK_MESSAGES = RECENT_ROWS;

/** Adds the rows of a range to `recent`, and keeps and rejects none of them. Throws what `readRange` throws. */
export async function lookAtRows(
  rowLog: RowLog,
  schema: Schema,
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

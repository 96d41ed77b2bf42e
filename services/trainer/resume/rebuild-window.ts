import type { VersionRecord } from '../../../shared/model-registry/version-record';
import { MessageReader } from '../../../shared/row/message-reader';
import type { Schema } from '../../../shared/row/schema';
import { DEFAULT_READ_BOUNDS } from '../../../shared/row-log/bounds';
import type { RowLog } from '../../../shared/row-log/row-log';
import { readBlock } from '../read/read-block';
import { PartitionRows } from '../window/partition-rows';

/**
 * Reads a version's window again from the log: the accepted rows of [from, next) of each partition, without scoring
 * and without appending rejected rows once more. `from` is the lineage's `windowFrom` unless given.
 */
export async function rebuildWindow(
  rowLog: RowLog,
  schema: Schema,
  record: VersionRecord,
  options: { readonly from?: readonly number[]; readonly signal?: AbortSignal } = {},
): Promise<PartitionRows[]> {
  const reader = new MessageReader(schema);
  const { holdoutShare } = record.settings;
  const stores: PartitionRows[] = [];
  for (const [i, lineage] of record.lineage.entries()) {
    const store = new PartitionRows(lineage.partition, schema.features.length);
    stores.push(store);
    let position = options.from?.[i] ?? Number(lineage.windowFrom);
    const range = { partition: lineage.partition, from: position, next: Number(lineage.next) };
    if (range.from >= range.next) continue;
    for await (const block of rowLog.readRange(range, DEFAULT_READ_BOUNDS, options.signal)) {
      readBlock(block, position, reader, store, holdoutShare);
      position = block.next;
    }
  }
  return stores;
}

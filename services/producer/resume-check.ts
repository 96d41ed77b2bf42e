import { RowWriter } from '../../shared/row/row-writer';
import type { Schema } from '../../shared/row/schema';
import { type LastMessages, type Layout, resumeImpossible } from './resume';
import { groupRows, groupValue, partitionOf } from './row-messages';
import type { RowSource } from './row-source';

/**
 * Makes sure, before anything is sent, that the last messages in the log are the ones this source gives: equal bytes.
 * That finds a file that was changed, another shuffle, another schema layout and another number of rows per message.
 * Reads the source up to the furthest of them. Throws `resume-impossible`.
 */
export async function checkAgainstSource(
  source: RowSource,
  schema: Schema,
  last: LastMessages,
  layout: Layout,
): Promise<void> {
  let unchecked = last.filter((found) => found !== null).length;
  if (unchecked === 0) return;
  const writer = new RowWriter(schema);
  for await (const group of groupRows(source, layout.rowsPerMessage)) {
    const found = last[partitionOf(group.firstRow, layout.rowsPerMessage, layout.partitionCount)];
    if (found?.firstRow !== group.firstRow) continue;
    if (found.value === null || Buffer.compare(found.value, groupValue(writer, group).value) !== 0) {
      throw resumeImpossible(
        layout,
        `what the log holds as row ${group.firstRow} is not what the source gives now`,
      );
    }
    unchecked--;
    if (unchecked === 0) return;
  }
  throw resumeImpossible(layout, 'the log holds rows that come after its end');
}

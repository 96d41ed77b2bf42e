import { encodeRow } from '../../shared/row/row-encoder';
import type { Schema } from '../../shared/row/schema';
import type { MessageHeaders } from '../../shared/row-log/row-log';
import type { RowSource, SourceRow } from './row-source';

/** The 0-based number of a message's first row in its source, in decimal. */
export const ROW_HEADER = 'alder-row';
/** Base name of the file that the rows came from. */
export const FILE_HEADER = 'alder-file';
/** Seed of the simulation that made the rows. */
export const SIMULATED_HEADER = 'alder-simulated';

/** The rows firstRow, firstRow + 1, … that share a message. */
export interface RowGroup {
  readonly firstRow: number;
  readonly rows: readonly SourceRow[];
}

/** Rows in groups of `rowsPerMessage`; the last group may be smaller. */
export async function* groupRows(
  rows: AsyncIterable<SourceRow>,
  rowsPerMessage: number,
): AsyncGenerator<RowGroup> {
  let firstRow = 0;
  let group: SourceRow[] = [];
  for await (const row of rows) {
    group.push(row);
    if (group.length < rowsPerMessage) continue;
    yield { firstRow, rows: group };
    firstRow += group.length;
    group = [];
  }
  if (group.length > 0) yield { firstRow, rows: group };
}

/** Message m = firstRow / rowsPerMessage goes to partition m mod P, so a row's place follows from its number alone. */
export function partitionOf(firstRow: number, rowsPerMessage: number, partitionCount: number): number {
  return Math.floor(firstRow / rowsPerMessage) % partitionCount;
}

/** The bytes of a group's message: one line a row, without a newline at the end. */
export function groupValue(schema: Schema, group: RowGroup): Uint8Array {
  return Buffer.from(group.rows.map((row) => encodeRow(schema, row.features, row.label)).join('\n'));
}

/** Tells where rows came from. Simulated rows have no place in the file, so no restart can take them for its rows. */
export function groupHeaders(source: RowSource, firstRow: number): MessageHeaders {
  return source.simulatedSeed === null
    ? { [ROW_HEADER]: String(firstRow), [FILE_HEADER]: source.file }
    : { [SIMULATED_HEADER]: String(source.simulatedSeed) };
}

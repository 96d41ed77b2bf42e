import type { RowWriter } from '../../shared/row/row-writer';
import type { MessageHeaders } from '../../shared/row-log/row-log';
import type { RowSource, SourceRow } from './row-source';

/** The 0-based number of a message's first row in its source, in decimal. */
export const ROW_HEADER = 'alder-row';
/** Base name of the file of the rows. */
export const FILE_HEADER = 'alder-file';
/** Seed of the simulation that made the rows. */
const SIMULATED_HEADER = 'alder-simulated';

/** The rows firstRow, firstRow + 1, … that share a message. */
export interface RowGroup {
  readonly firstRow: number;
  readonly rows: readonly SourceRow[];
}

/** The source's rows in groups of `rowsPerMessage`; the last group may be smaller. */
export async function* groupRows(source: RowSource, rowsPerMessage: number): AsyncGenerator<RowGroup> {
  let firstRow = 0;
  let group: SourceRow[] = [];
  const groupAt = (next: readonly SourceRow[]): RowGroup => {
    const made = { firstRow, rows: next };
    firstRow += next.length;
    return made;
  };
  if (source.runs === undefined) {
    for await (const row of source.rows()) {
      if (group.push(row) < rowsPerMessage) continue;
      yield groupAt(group);
      group = [];
    }
  } else {
    for await (const run of source.runs()) {
      for (let at = 0; at < run.length; ) {
        const taken = run.slice(at, at + rowsPerMessage - group.length);
        at += taken.length;
        group = group.length === 0 ? taken : [...group, ...taken];
        if (group.length < rowsPerMessage) continue;
        yield groupAt(group);
        group = [];
      }
    }
  }
  if (group.length > 0) yield groupAt(group);
}

/** Message m = firstRow / rowsPerMessage goes to partition m mod P, so the row number alone gives the partition. */
export function partitionOf(firstRow: number, rowsPerMessage: number, partitionCount: number): number {
  return Math.floor(firstRow / rowsPerMessage) % partitionCount;
}

/**
 * The bytes of a group's message, one line for each row and without a newline at the end, and the number of rows that the
 * trainer will reject.
 */
export function groupValue(
  writer: RowWriter,
  { rows }: RowGroup,
): { value: Uint8Array; rejectedCount: number } {
  let rejectedCount = 0;
  for (const { features, label } of rows) if (!writer.add(features, label)) rejectedCount++;
  return { value: writer.take(), rejectedCount };
}

/** The origin of rows. Simulated rows get no row number, so a resumed run cannot mistake them for rows of the file. */
export function groupHeaders(source: RowSource, firstRow: number): MessageHeaders {
  return source.simulatedSeed === null
    ? { [ROW_HEADER]: String(firstRow), [FILE_HEADER]: source.file }
    : { [SIMULATED_HEADER]: String(source.simulatedSeed) };
}

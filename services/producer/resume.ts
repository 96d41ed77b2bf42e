import { AlderError } from '../../shared/errors';
import { RowWriter } from '../../shared/row/row-writer';
import type { Schema } from '../../shared/row/schema';
import { DEFAULT_READ_BOUNDS } from '../../shared/row-log/bounds';
import type { MessageBlock, PartitionBounds, RowLog } from '../../shared/row-log/row-log';
import { FILE_HEADER, groupRows, groupValue, partitionOf, ROW_HEADER } from './row-messages';
import type { RowSource } from './row-source';

/** How rows are distributed over partitions and messages; a resumed run must use the layout of the first run. */
export interface Layout {
  readonly file: string;
  readonly rowsPerMessage: number;
  readonly partitionCount: number;
}

/** A message of this file in the log: the number of its first row, and its bytes. */
interface FoundMessage {
  readonly firstRow: number;
  readonly value: Uint8Array | null;
}

/** The last message of the file in each partition, null where the partition holds none. */
export type LastMessages = readonly (FoundMessage | null)[];

/** Ranges grow fourfold from 256 messages, so a message near the end is found at once and a distant one in few reads. */
const FIRST_RANGE = 256;
const RANGE_MAX = 65_536;

/**
 * Finds the last message of the file in each partition, by reading backwards from the end. A partition without a message
 * of this file is read whole. Throws `resume-impossible` for messages of another layout.
 */
export async function findLastMessages(
  log: RowLog,
  bounds: readonly PartitionBounds[],
  layout: Layout,
  signal?: AbortSignal,
): Promise<LastMessages> {
  const last: (FoundMessage | null)[] = [];
  for (const each of bounds) last.push(await findLast(log, each, layout, signal));
  return last;
}

/** Whether the log lacks a message: it comes after the last message of its partition. */
export function isMissing(last: LastMessages, partition: number, firstRow: number): boolean {
  const found = last[partition];
  return found === null || found === undefined || firstRow > found.firstRow;
}

/** The lowest row that may be missing from the log. */
export function firstMissingRow(last: LastMessages, { rowsPerMessage, partitionCount }: Layout): number {
  const next = last.map((found, partition) =>
    found === null ? partition * rowsPerMessage : found.firstRow + partitionCount * rowsPerMessage,
  );
  return Math.min(...next);
}

/** The error of a resumed run that would repeat or lose rows. */
function resumeImpossible(layout: Layout, why: string): AlderError {
  return new AlderError('resume-impossible', `cannot resume ${layout.file}: ${why}`, {
    fields: { file: layout.file },
    hint: 'use the file, --shuffle and --rows-per-message of the first run, or start over on a new topic',
  });
}

async function findLast(
  log: RowLog,
  { partition, earliest, end }: PartitionBounds,
  layout: Layout,
  signal: AbortSignal | undefined,
): Promise<FoundMessage | null> {
  let last: FoundMessage | null = null;
  let length = FIRST_RANGE;
  for (let next = end; next > earliest && signal?.aborted !== true; ) {
    const from = Math.max(earliest, next - length);
    const [before, newest] = await lastTwo(log, { partition, from, next }, layout.file, signal);
    if (last === null && newest !== null) {
      checkPlace(newest, partition, layout);
      last = newest;
      if (before !== null) checkStep(before, newest, partition, layout);
      if (before !== null || !hasPredecessor(newest, layout)) return last;
    } else if (last !== null && newest !== null) {
      checkStep(newest, last, partition, layout);
      return last;
    }
    next = from;
    length = Math.min(length * 4, RANGE_MAX);
  }
  return last;
}

/** The last two messages of the file in a range, older first. */
async function lastTwo(
  log: RowLog,
  range: { partition: number; from: number; next: number },
  file: string,
  signal: AbortSignal | undefined,
): Promise<[FoundMessage | null, FoundMessage | null]> {
  let before: FoundMessage | null = null;
  let newest: FoundMessage | null = null;
  for await (const block of log.readRange(range, DEFAULT_READ_BOUNDS, signal)) {
    for (let i = 0; i < block.offsets.length; i++) {
      const found = foundMessage(block, i, file);
      if (found === null) continue;
      before = newest;
      newest = found;
    }
  }
  return [before, newest];
}

function foundMessage(block: MessageBlock, i: number, file: string): FoundMessage | null {
  const headers = block.headers?.[i] ?? null;
  if (headers === null || headers[FILE_HEADER] !== file) return null;
  const row = headers[ROW_HEADER];
  return row !== undefined && /^\d{1,15}$/.test(row)
    ? { firstRow: Number(row), value: block.values[i]! }
    : null;
}

function checkPlace({ firstRow }: FoundMessage, partition: number, layout: Layout): void {
  const { rowsPerMessage, partitionCount } = layout;
  const place = partitionOf(firstRow, rowsPerMessage, partitionCount);
  if (firstRow % rowsPerMessage === 0 && place === partition) return;
  throw resumeImpossible(
    layout,
    `the last message in partition ${partition} begins with row ${firstRow}, which does not belong there with ` +
      `${partitionCount} partitions and ${rowsPerMessage} rows per message`,
  );
}

function hasPredecessor({ firstRow }: FoundMessage, { rowsPerMessage, partitionCount }: Layout): boolean {
  return firstRow >= partitionCount * rowsPerMessage;
}

/** One message may be in the right partition by chance; the step between two messages shows the partition count. */
function checkStep(before: FoundMessage, last: FoundMessage, partition: number, layout: Layout): void {
  const step = layout.partitionCount * layout.rowsPerMessage;
  if (!hasPredecessor(last, layout) || last.firstRow - before.firstRow === step) return;
  throw resumeImpossible(
    layout,
    `in partition ${partition} row ${last.firstRow} comes after row ${before.firstRow}, but with ` +
      `${layout.partitionCount} partitions and ${layout.rowsPerMessage} rows per message the step is ${step}`,
  );
}

/**
 * Compares the last messages in the log with the same messages of the source, byte by byte, before anything is sent. This
 * finds a changed file, another shuffle, another schema layout and another number of rows per message. Reads the source
 * up to the last of these messages. Throws `resume-impossible`.
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
      throw resumeImpossible(layout, `row ${group.firstRow} in the log differs from this row of the source`);
    }
    unchecked--;
    if (unchecked === 0) return;
  }
  throw resumeImpossible(layout, 'the log holds rows behind the end of the file');
}

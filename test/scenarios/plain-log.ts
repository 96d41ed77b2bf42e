import { DEFAULT_READ_BOUNDS } from '../../shared/row-log/bounds';
import type { RowLog } from '../../shared/row-log/row-log';
import { isPlainlyHeldOut } from './plain-murmur';

export interface PlainRow {
  readonly partition: number;
  readonly offset: number;
  readonly line: number;
  readonly features: readonly number[];
  readonly classIndex: number;
  readonly heldOut: boolean;
}

/** A message with its accepted rows and its rejected lines. */
export interface PlainMessage {
  readonly partition: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly timestampMs: number;
  readonly rows: readonly PlainRow[];
  readonly rejected: number;
}

/** Every message of the log in (partition, offset) order, with its rows read by JSON.parse. */
export async function readPlainly(
  log: RowLog,
  classes: readonly string[],
  holdoutShare: number,
): Promise<PlainMessage[]> {
  const messages: PlainMessage[] = [];
  for (const { partition, earliest, end } of await log.bounds()) {
    if (earliest === end) continue;
    const range = { partition, from: earliest, next: end };
    for await (const { offsets, values, timestampsMs } of log.readRange(range, DEFAULT_READ_BOUNDS)) {
      for (const [i, offset] of offsets.entries()) {
        const value = values[i] ?? null;
        const lines = linesOf(value).map((line) => parseRow(line, classes));
        const rows = lines.flatMap((row, line) =>
          row === null
            ? []
            : [
                {
                  partition,
                  offset,
                  line,
                  ...row,
                  heldOut: isPlainlyHeldOut(partition, offset, line, holdoutShare),
                },
              ],
        );
        const bytes = Uint8Array.from(value ?? []);
        const rejected = lines.length - rows.length;
        messages.push({ partition, offset, bytes, timestampMs: timestampsMs[i]!, rows, rejected });
      }
    }
  }
  return messages;
}

/** A null or empty value counts as one line without a row. */
function linesOf(value: Uint8Array | null): string[] {
  if (value === null || value.length === 0) return [''];
  return Buffer.from(value).toString('utf8').replace(/\n$/, '').split('\n');
}

/** Null for a bad line. Recognises only the faults that the scenarios send. */
function parseRow(
  line: string,
  classes: readonly string[],
): Pick<PlainRow, 'features' | 'classIndex'> | null {
  try {
    const { data, label } = JSON.parse(line) as { data?: unknown; label?: unknown };
    if (!Array.isArray(data) || data.length !== 4 || !data.every((x) => typeof x === 'number')) return null;
    const classIndex = classes.indexOf(String(label));
    return classIndex < 0 ? null : { features: data as number[], classIndex };
  } catch {
    return null;
  }
}

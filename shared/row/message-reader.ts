import type { RowFault } from '../errors';
import type { RowColumns } from './row-columns';
import { RowReader } from './row-reader';
import type { Schema } from './schema';

/**
 * The most bytes of a message's value. One of exactly this many is read; a longer one is a single rejected line. It
 * leaves room for the key and the headers of a rejected copy under Kafka's default limit of 1,048,588 bytes a batch.
 */
export const VALUE_BYTES_MAX = 1_000_000;

/**
 * The most lines of a message, of at least 20 bytes each at its full size, which is less than any row. Without it a
 * megabyte of newlines would make a million rejected rows; as it is, such a message is a single rejected line.
 */
export const LINES_MAX = 50_000;

/** Where accepted rows go: `reserve` gives the index in `features` for the next row's values, `commit` counts it. */
export type RowTarget = Pick<RowColumns, 'features' | 'reserve' | 'commit'>;

/** Takes a rejected line: its 0-based number, why, and a view of its bytes (null for a null value). */
export type OnRejected = (line: number, fault: RowFault, bytes: Uint8Array | null) => void;

export { ROW_READER } from './row-reader';

/** Reads a message's lines into columns: one row a line. A bad line is refused alone; its neighbours still count. */
export class MessageReader {
  private readonly rows: RowReader;

  constructor(schema: Schema) {
    this.rows = new RowReader(schema);
  }

  /**
   * Appends the message's accepted rows to `rows`, in order, and gives the number of its lines, accepted and rejected
   * ones together, at least 1. A final newline ends a line and begins none.
   *
   * A value that cannot be read at all is one rejected line, for the first of these reasons: `null-value`,
   * `empty-value`, `too-large` (with the whole bytes; the caller keeps a part), `unsupported-encoding`.
   */
  read(
    value: Uint8Array | null,
    headers: Readonly<Record<string, string>> | null,
    rows: RowTarget,
    onRejected: OnRejected,
  ): number {
    if (value !== null) return this.readRange(value, 0, value.length, headers, rows, onRejected);
    onRejected(0, 'null-value', null);
    return 1;
  }

  /** The same for a value that is not null and lies in [from, end) of `bytes`. */
  readRange(
    bytes: Uint8Array,
    from: number,
    end: number,
    headers: Readonly<Record<string, string>> | null,
    rows: RowTarget,
    onRejected: OnRejected,
  ): number {
    const refusal = refusalOf(bytes, from, end, headers);
    if (refusal !== null) {
      onRejected(0, refusal, bytes.subarray(from, end));
      return 1;
    }
    let line = 0;
    let next = from;
    do next = this.readLine(bytes, next, end, line++, rows, onRejected) + 1;
    while (next < end);
    return line;
  }

  /** Gives where the line that begins at `from` ended. */
  private readLine(
    bytes: Uint8Array,
    from: number,
    end: number,
    line: number,
    rows: RowTarget,
    onRejected: OnRejected,
  ): number {
    if (bytes[from] === LINE_FEED) {
      onRejected(line, 'empty-value', bytes.subarray(from, from));
      return from;
    }
    // `reserve` may replace the array, so it comes first.
    const at = rows.reserve();
    const classIndex = this.rows.readLine(bytes, from, end, rows.features, at);
    const lineEnd = this.rows.end;
    if (classIndex >= 0) rows.commit(line, classIndex);
    else onRejected(line, this.rows.fault, bytes.subarray(from, lineEnd));
    return lineEnd;
  }
}

const LINE_FEED = 0x0a;
const ENCODING_HEADER = 'content-encoding';

function refusalOf(
  bytes: Uint8Array,
  from: number,
  end: number,
  headers: Readonly<Record<string, string>> | null,
): RowFault | null {
  const size = end - from;
  if (size === 0) return 'empty-value';
  if (size > VALUE_BYTES_MAX || (size > LINES_MAX && hasTooManyLines(bytes.subarray(from, end))))
    return 'too-large';
  return headers !== null && isEncoded(headers) ? 'unsupported-encoding' : null;
}

function hasTooManyLines(value: Uint8Array): boolean {
  let lines = 1;
  let newline = value.indexOf(LINE_FEED);
  while (newline >= 0 && newline < value.length - 1) {
    if (++lines > LINES_MAX) return true;
    newline = value.indexOf(LINE_FEED, newline + 1);
  }
  return false;
}

/** Whether a header says that the value is compressed or otherwise wrapped. */
function isEncoded(headers: Readonly<Record<string, string>>): boolean {
  for (const name of Object.keys(headers)) {
    if (name.length !== ENCODING_HEADER.length || name.toLowerCase() !== ENCODING_HEADER) continue;
    const encoding = headers[name]!.trim().toLowerCase();
    if (encoding !== '' && encoding !== 'identity') return true;
  }
  return false;
}

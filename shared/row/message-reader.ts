import type { RowFault } from '../errors';
import type { RowColumns } from './row-columns';
import { RowReader } from './row-reader';
import type { Schema } from './schema';

/**
 * The most bytes of a message's value; a longer value is one rejected line. The rest of Kafka's default limit of
 * 1,048,588 bytes a batch is for the key and the headers of the copy that goes to the dead-letter topic.
 */
export const VALUE_BYTES_MAX = 1_000_000;

/**
 * The most lines of a message; a message with more is one rejected line. A full message of so many lines has 20 bytes a
 * line, fewer than any row has. Without the limit a megabyte of newlines would give a million rejected rows.
 */
export const LINES_MAX = 50_000;

/** The columns that accepted rows are appended to. */
type RowTarget = Pick<RowColumns, 'features' | 'reserve' | 'commit'>;

/** Receives a rejected line: its 0-based number, the reason, and a view of its bytes (null for a null value). */
export type OnRejected = (line: number, fault: RowFault, bytes: Uint8Array | null) => void;

export { ROW_READER } from './row-reader';

/** Reads a message, one row a line, into columns. A bad line is rejected alone; the other lines are accepted. */
export class MessageReader {
  private readonly rows: RowReader;

  constructor(schema: Schema) {
    this.rows = new RowReader(schema);
  }

  /**
   * Appends the message's accepted rows to `rows`, in order. Returns the number of accepted and rejected lines, at least
   * 1. A final newline ends the last line.
   *
   * An unreadable value is one rejected line, with the first of these reasons that applies: `null-value`, `empty-value`,
   * `too-large` (`onRejected` gets all bytes, and shortens them), `unsupported-encoding`.
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

  /** `read` for a value that is the range [from, end) of `bytes`. */
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

  /** Reads the line that starts at `from`; returns its end. */
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
    // `reserve` may replace `rows.features`, so it runs first.
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

/** Whether a header says that the value is compressed or encoded in another way. */
function isEncoded(headers: Readonly<Record<string, string>>): boolean {
  for (const name of Object.keys(headers)) {
    if (name.length !== ENCODING_HEADER.length || name.toLowerCase() !== ENCODING_HEADER) continue;
    const encoding = headers[name]!.trim().toLowerCase();
    if (encoding !== '' && encoding !== 'identity') return true;
  }
  return false;
}

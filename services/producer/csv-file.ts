import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type CsvErrorCode, parse } from 'csv-parse';
import { AlderError, isAlderError } from '../../shared/errors';

/** One record of a CSV file. `line` is the 1-based line where the record ends; quoted cells may span several lines. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Without this bound, an open quote would read the rest of the file into memory. */
const RECORD_BYTES_MAX = 1_048_576;

const FAULTS: Partial<Record<CsvErrorCode, string>> = {
  CSV_INVALID_CLOSING_QUOTE: 'a closing quote is followed by more text',
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: 'a closing quote is followed by more text',
  CSV_QUOTE_NOT_CLOSED: 'a quote that was opened is never closed',
  CSV_MAX_RECORD_SIZE: `a record is longer than ${RECORD_BYTES_MAX} bytes; is a quote left open?`,
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: 'the number of cells differs from the header',
  INVALID_OPENING_QUOTE: 'a quote stands in the middle of an unquoted cell',
};

/**
 * Streams the records of a CSV file, header first, with a few in memory at a time: comma-separated UTF-8, with or without a
 * byte order mark, lines ending in LF, CRLF or CR, quotes doubled inside quotes. Spaces around an unquoted cell are
 * no part of it; empty lines are skipped.
 *
 * Throws `file-unreadable`, and `csv-invalid` with file and line. No message repeats a value of the file.
 */
export async function* csvRecords(file: string): AsyncGenerator<CsvRecord> {
  const parser = parse({
    bom: true,
    trim: true,
    skip_empty_lines: true,
    info: true,
    max_record_size: RECORD_BYTES_MAX,
    record_delimiter: ['\r\n', '\n', '\r'],
  });
  // The loop below gets the same error from the parser, so this promise is only awaited.
  const feeding = pipeline(createReadStream(file), (bytes) => strictUtf8(bytes, file), parser).catch(
    () => undefined,
  );
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      yield { line: info.lines, cells: record };
    }
  } catch (error) {
    throw readFault(file, error);
  } finally {
    parser.destroy();
    await feeding;
  }
}

/** The error of one line of a CSV file. */
export function csvFault(file: string, line: number, fault: string, hint?: string): AlderError {
  return new AlderError('csv-invalid', `${file}: line ${line}: ${fault}`, {
    ...(hint === undefined ? {} : { hint }),
    fields: { file, line },
  });
}

/** Refuses bytes that are not UTF-8 and changes no others. A repaired label of another encoding would be a new class. */
async function* strictUtf8(chunks: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  for await (const chunk of chunks) {
    const lineHere = line;
    checked(
      () => decoder.decode(chunk, { stream: true }),
      file,
      () => lineHere + linesBeforeFault(chunk),
    );
    line += newlines(chunk);
    yield chunk;
  }
  checked(
    () => decoder.decode(),
    file,
    () => line,
  );
}

function checked(decode: () => string, file: string, line: () => number): void {
  try {
    decode();
  } catch {
    throw csvFault(file, line(), 'near here the text is not UTF-8', 'save the file as UTF-8');
  }
}

const NEWLINE = 0x0a;

function linesBeforeFault(chunk: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let start = 0;
  for (let lines = 0; ; lines++) {
    const end = chunk.indexOf(NEWLINE, start);
    if (end === -1) return lines;
    try {
      decoder.decode(chunk.subarray(start, end));
    } catch {
      // The first line may begin with the rest of a character of the previous chunk.
      if (lines > 0) return lines;
    }
    start = end + 1;
  }
}

function newlines(bytes: Uint8Array): number {
  let found = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) found++;
  return found;
}

/** The parser's message quotes values of rows, so it becomes neither message nor cause. */
function readFault(file: string, error: unknown): unknown {
  if (isAlderError(error) || typeof error !== 'object' || error === null || !('code' in error)) return error;
  if ('lines' in error && typeof error.lines === 'number') {
    return csvFault(file, error.lines, FAULTS[error.code as CsvErrorCode] ?? 'is not CSV');
  }
  if (!('syscall' in error)) return error;
  return new AlderError('file-unreadable', `${file} cannot be read (${String(error.code)})`, {
    hint:
      error.code === 'ENOENT'
        ? 'check the path; it starts from the current folder'
        : 'check the file and its permissions',
    cause: error,
    fields: { file },
  });
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * The number that a CSV cell spells in decimal (`5.1`, `-3`, `.5`, `1e5`, with spaces around it), or null. Hexadecimal,
 * `NaN`, an empty cell and a decimal beyond the range of doubles are no numbers.
 */
export function cellNumber(cell: string): number | null {
  const text = cell.trim();
  if (!DECIMAL.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

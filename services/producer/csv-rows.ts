import { basename } from 'node:path';
import { AlderError } from '../../shared/errors';
import type { Schema } from '../../shared/row/schema';
import { cellNumber, csvFault, csvRecords } from './csv-file';
import type { RowSource, SourceRow } from './row-source';

/**
 * The rows of a CSV file in file order. The header names every feature and the label of the schema, in any order.
 * Columns that the schema does not name are not sent, also where the schema ignores extra fields.
 *
 * A feature cell that is no number stays text, so that the trainer rejects the row with its coordinates. Throws
 * `file-unreadable`, and `csv-invalid` with file and line and without values for a file that is not CSV with this header.
 */
export function csvRows(file: string, schema: Schema): RowSource {
  return { file: basename(file), rowCount: null, simulatedSeed: null, rows: () => streamRows(file, schema) };
}

async function* streamRows(file: string, schema: Schema): AsyncGenerator<SourceRow> {
  let columns: Columns | null = null;
  for await (const { line, cells } of csvRecords(file)) {
    if (columns === null) {
      columns = findColumns(file, line, cells, schema);
      continue;
    }
    const features = columns.features.map((column) => cellNumber(cells[column]!) ?? cells[column]!);
    yield { features, label: cells[columns.label]! };
  }
  if (columns === null) throw emptyFile(file);
}

/** The error of a file without a header. */
export function emptyFile(file: string): AlderError {
  return new AlderError('csv-invalid', `${file} is empty`, {
    hint: 'the first line must name the columns',
    fields: { file },
  });
}

/** The 0-based columns of the features, in the schema's order, and of the label. */
interface Columns {
  readonly features: readonly number[];
  readonly label: number;
}

function findColumns(file: string, line: number, header: readonly string[], schema: Schema): Columns {
  const find = (name: string): number => {
    const column = header.indexOf(name);
    if (column === -1) {
      throw csvFault(
        file,
        line,
        `the header lacks the column "${name}" of the schema`,
        missingColumnHint(header),
      );
    }
    if (header.indexOf(name, column + 1) !== -1)
      throw csvFault(file, line, `the header names "${name}" twice`);
    return column;
  };
  return { features: schema.features.map((feature) => find(feature.name)), label: find(schema.label.name) };
}

function missingColumnHint(header: readonly string[]): string {
  const separator = [';', '\t', '|'].find((each) => header.length === 1 && header[0]!.includes(each));
  return separator === undefined
    ? 'the first line must name the columns as the schema does; "alder schema FILE" writes a schema for a file'
    : `cells must be separated by commas; the file seems to use ${JSON.stringify(separator)}`;
}

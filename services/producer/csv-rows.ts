import { basename } from 'node:path';
import { AlderError } from '../../shared/errors';
import type { Schema } from '../../shared/row/schema';
import { cellNumber, csvFault, csvRecords } from './csv-file';
import type { RowSource, SourceRow } from './row-source';

/**
 * The rows of a CSV file in its order. Its header names every feature and the label of the schema, in any order;
 * columns that the schema does not name are not sent, whatever it says about extra fields.
 *
 * A cell that is no number stays text, so that the trainer refuses that row with its coordinates. What cannot be read
 * as rows at all stops the reading: `file-unreadable`, or `csv-invalid` with file and line and without values.
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
    hint: 'its first line has to name the columns',
  });
}

/** Where in a record the features (in the schema's order) and the label stand, as 0-based columns. */
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
    ? 'the first line has to name the columns as the schema does; "alder schema FILE" writes a schema for a file'
    : `cells are separated by commas here; the file seems to use ${JSON.stringify(separator)}`;
}

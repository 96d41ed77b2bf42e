import { AlderError } from '../../shared/errors';
import {
  CLASSES_MAX,
  canonicalSchema,
  FEATURES_MAX,
  parseSchema,
  type Schema,
} from '../../shared/row/schema';
import { cellNumber, csvFault, csvRecords } from './csv-file';
import { emptyFile } from './csv-rows';

/**
 * The schema of a CSV file, from its header and rows. The label is the named column, or the last one; every other column
 * is a feature and holds numbers only. The classes are the distinct labels in code unit order, at most `CLASSES_MAX`.
 * Reads the whole file with one record in memory at a time.
 *
 * Throws `file-unreadable`; `csv-invalid` with the column and the first line at fault; `schema-invalid` for a name
 * that a schema does not allow.
 */
export async function inferSchema(file: string, labelName?: string): Promise<Schema> {
  let columns: Columns | null = null;
  let rowCount = 0;
  const classes = new Set<string>();
  for await (const { line, cells } of csvRecords(file)) {
    if (columns === null) {
      columns = nameColumns(file, line, cells, labelName);
      continue;
    }
    rowCount++;
    classes.add(checkRow(file, line, cells, columns));
    if (classes.size > CLASSES_MAX) {
      throw csvFault(
        file,
        line,
        `the column "${columns.names[columns.label]}" has more than ${CLASSES_MAX} classes`,
        'name the label column with --label; a column of measured numbers has no classes',
      );
    }
  }
  if (columns === null) throw emptyFile(file);
  if (rowCount === 0)
    throw new AlderError('csv-invalid', `${file} has a header and no rows`, { fields: { file } });
  return toSchema(file, columns, [...classes].sort());
}

/** The names of the header, and the index of the label among them. */
interface Columns {
  readonly names: readonly string[];
  readonly label: number;
}

function nameColumns(
  file: string,
  line: number,
  names: readonly string[],
  labelName: string | undefined,
): Columns {
  const unnamed = names.indexOf('');
  if (unnamed !== -1)
    throw csvFault(file, line, `column ${unnamed + 1} has no name`, 'name it, or remove it');
  const repeated = names.find((each, column) => names.indexOf(each) !== column);
  if (repeated !== undefined) throw csvFault(file, line, `the header names "${repeated}" twice`);
  if (names.length < 2) {
    throw csvFault(
      file,
      line,
      'a label and at least one feature are needed, but there is one column',
      'separate cells by commas',
    );
  }
  if (names.length - 1 > FEATURES_MAX)
    throw csvFault(file, line, `there are more than ${FEATURES_MAX} features`);
  const label = labelName === undefined ? names.length - 1 : names.indexOf(labelName);
  if (label === -1)
    throw csvFault(file, line, `no column is named "${labelName}"`, 'give --label a name of the header');
  return { names, label };
}

/** The class of the row. Throws `csv-invalid` for a feature that is not a number and for an empty label. */
function checkRow(file: string, line: number, cells: readonly string[], { names, label }: Columns): string {
  for (let column = 0; column < cells.length; column++) {
    if (column === label || cellNumber(cells[column]!) !== null) continue;
    throw csvFault(
      file,
      line,
      `the column "${names[column]}" holds something that is not a number`,
      `name it with --label if it is the label; otherwise correct that line, remove the column, or write it as numbers`,
    );
  }
  const text = cells[label]!;
  if (text === '') throw csvFault(file, line, `the label column "${names[label]}" is empty`);
  return text;
}

/** Goes through the reader of schema files, so that no schema is written that could not be read. */
function toSchema(file: string, { names, label }: Columns, classes: readonly string[]): Schema {
  const schema: Schema = {
    layout: 'data',
    extraFields: 'reject',
    label: { name: names[label]!, classes },
    features: names.filter((_, column) => column !== label).map((name) => ({ name })),
  };
  return parseSchema(canonicalSchema(schema), file);
}

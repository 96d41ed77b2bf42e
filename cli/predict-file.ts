import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { type CsvRecord, cellNumber, csvFault, csvRecords } from '../services/producer/csv-file';
import type { ServedModel } from '../services/serving/models/served-model';
import { AlderError } from '../shared/errors';
import { leafOf, majorityClass } from '../shared/tree/tree';

const PREDICTION = 'prediction';
const probabilityOf = (className: string) => `probability_${className}`;

/**
 * Predicts every record of a CSV file and writes its cells with the prediction behind them: the column `prediction`, and
 * one column `probability_…` for each class. The header names the features in any order; other columns are copied.
 * Returns the number of rows. Throws `file-unreadable`, and `csv-invalid` with file and line for a record that is no row
 * of the model.
 */
export async function predictFile(
  file: string,
  { tree }: ServedModel,
  out: Writable,
  onRows: (rows: number) => void,
): Promise<number> {
  let columns: readonly number[] | null = null;
  let rows = 0;
  const row = new Float64Array(tree.featureNames.length);
  for await (const record of csvRecords(file)) {
    if (columns === null) {
      columns = featureColumns(file, record, tree.featureNames);
      const added = [PREDICTION, ...tree.classNames.map(probabilityOf)];
      const taken = added.find((name) => record.cells.includes(name));
      if (taken !== undefined)
        throw csvFault(file, record.line, `the header already has a column "${taken}"`);
      await write(out, [...record.cells, ...added]);
      continue;
    }
    readRow(file, record, columns, row);
    const leaf = leafOf(tree, row, 0);
    const counts = tree.classNames.map((_, k) => tree.classCounts[leaf * tree.classNames.length + k]!);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const predicted = [
      tree.classNames[majorityClass(tree, leaf)]!,
      ...counts.map((count) => String(count / total)),
    ];
    await write(out, [...record.cells, ...predicted]);
    rows++;
    onRows(rows);
  }
  if (columns === null) throw new AlderError('csv-invalid', `${file} is empty`, { fields: { file } });
  return rows;
}

function featureColumns(file: string, { line, cells }: CsvRecord, featureNames: readonly string[]): number[] {
  return featureNames.map((name) => {
    const column = cells.indexOf(name);
    if (column < 0) throw csvFault(file, line, `the header lacks the feature "${name}" of the model`);
    if (cells.indexOf(name, column + 1) >= 0) throw csvFault(file, line, `the header names "${name}" twice`);
    return column;
  });
}

function readRow(
  file: string,
  { line, cells }: CsvRecord,
  columns: readonly number[],
  row: Float64Array,
): void {
  columns.forEach((column, f) => {
    const value = cellNumber(cells[column]!);
    if (value === null) throw csvFault(file, line, `the cell in column ${column + 1} is not a number`);
    // −0 becomes 0, as in the rows of the log.
    row[f] = value + 0;
  });
}

async function write(out: Writable, cells: readonly string[]): Promise<void> {
  if (!out.write(`${cells.map(quoted).join(',')}\n`)) await once(out, 'drain');
}

function quoted(cell: string): string {
  return /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

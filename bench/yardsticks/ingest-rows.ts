import { readSchemaFile } from '../../cli/row-source';
import type { RowSource, SourceRow } from '../../services/producer/row-source';
import type { TrainingSet } from '../../shared/engine/training-set';
import { encodeRow } from '../../shared/row/row-writer';
import { irisLike } from '../harness/tables';

export const SEED = 1;

export const irisSchema = readSchemaFile('data/iris.schema.json');

/** Rows like Iris with one decimal, as a table and as lines of a log. */
export interface StreamRows {
  readonly table: TrainingSet;
  readonly lines: readonly string[];
}

export function streamRows(rowCount: number): StreamRows {
  const table = irisLike(rowCount, SEED, 1);
  const { classes } = irisSchema.label;
  const lines = Array.from({ length: rowCount }, (_, row) => {
    const features = table.columns.map((column) => column[row]!);
    return encodeRow(irisSchema, features, classes[table.classes[row]!]!);
  });
  return { table, lines };
}

/** The values of messages with `rowsPerMessage` lines each. */
export function messageValues(lines: readonly string[], rowsPerMessage: number): Buffer[] {
  const values: Buffer[] = [];
  for (let from = 0; from < lines.length; from += rowsPerMessage) {
    values.push(Buffer.from(lines.slice(from, from + rowsPerMessage).join('\n')));
  }
  return values;
}

/** The first rows of a table as a producer's source, prepared before the measurement. */
export function sourceOf(table: TrainingSet, rowCount: number): RowSource {
  const { classes } = irisSchema.label;
  const rows = Array.from({ length: rowCount }, (_, row): SourceRow => {
    const features = table.columns.map((column) => column[row]!);
    return { features, label: classes[table.classes[row]!]! };
  });
  return {
    file: 'bench.csv',
    rowCount,
    simulatedSeed: null,
    async *rows() {
      yield* rows;
    },
    async *runs() {
      yield rows;
    },
  };
}

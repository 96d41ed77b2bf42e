import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { csvRows } from '../services/producer/csv-rows';
import type { RowSource } from '../services/producer/row-source';
import { shuffledRows } from '../services/producer/shuffle';
import { simulatedRows } from '../services/producer/simulate';
import { AlderError } from '../shared/errors';
import { parseSchema, type Schema } from '../shared/row/schema';
import { packageRoot } from '../shared/runtime/package-info';

/** The order of a file's rows, or the simulation that is made from them. */
export interface SourceOptions {
  readonly shuffle?: number;
  readonly simulate?: number;
  readonly drift?: number;
}

/** The rows of a CSV file, as they are, shuffled or simulated. Throws `usage` for options that contradict each other. */
export function openRowSource(
  file: string,
  schema: Schema,
  { shuffle, simulate, drift }: SourceOptions,
): RowSource {
  if (drift !== undefined && simulate === undefined) {
    throw new AlderError('usage', '--drift changes simulated rows: it needs --simulate');
  }
  if (shuffle !== undefined && simulate !== undefined) {
    throw new AlderError('usage', '--simulate draws rows at random already: leave out --shuffle');
  }
  const rows = csvRows(findFile(file), schema);
  if (simulate !== undefined)
    return simulatedRows(rows, { seed: simulate, driftPerThousandRows: drift ?? 0 });
  return shuffle === undefined ? rows : shuffledRows(rows, shuffle);
}

/** The path in the current folder or, for a file that is only in the package (`data/iris.csv`), the path in the package. */
export function findFile(path: string): string {
  if (isAbsolute(path) || existsSync(path)) return path;
  const packaged = join(packageRoot, path);
  return existsSync(packaged) ? packaged : path;
}

/** Throws `file-unreadable`, `schema-invalid`. */
export function readSchemaFile(path: string): Schema {
  let text: string;
  try {
    text = readFileSync(findFile(path), 'utf8');
  } catch (cause) {
    throw new AlderError('file-unreadable', `the schema ${path} cannot be read`, {
      cause,
      hint: 'make one with "alder schema FILE.csv > FILE.schema.json", or name one with --schema',
      fields: { file: path },
    });
  }
  return parseSchema(text, path);
}

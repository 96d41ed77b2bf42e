import { AlderError } from '../../shared/errors';
import { seededRandom } from './random';
import type { RowSource, SourceRow } from './row-source';

/** The most rows that a shuffle or a simulation holds in memory; with 4 features some 300 MB. */
const ROWS_IN_MEMORY_MAX = 2_000_000;

/**
 * The rows of a source in an order that the seed decides. Holds all rows in memory while they are read; throws
 * `csv-invalid` for more than `ROWS_IN_MEMORY_MAX`.
 */
export function shuffledRows(source: RowSource, seed: number): RowSource {
  return {
    ...source,
    async *rows() {
      yield* await shuffled(source, seed);
    },
    async *runs() {
      yield await shuffled(source, seed);
    },
  };
}

async function shuffled(source: RowSource, seed: number): Promise<SourceRow[]> {
  const rows = await rowsInMemory(source);
  shuffleInPlace(rows, seed);
  return rows;
}

/** Fisher and Yates, as Durstenfeld's algorithm 235 (1964): every order is equally likely. */
export function shuffleInPlace<T>(items: T[], seed: number): void {
  const random = seededRandom(seed);
  for (let last = items.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const swapped = items[last]!;
    items[last] = items[other]!;
    items[other] = swapped;
  }
}

/** All rows of a source in memory; throws `csv-invalid` beyond `rowsMax`. */
export async function rowsInMemory(
  source: RowSource,
  rowsMax: number = ROWS_IN_MEMORY_MAX,
): Promise<SourceRow[]> {
  const rows: SourceRow[] = [];
  for await (const row of source.rows()) {
    if (rows.length === rowsMax) {
      throw new AlderError(
        'csv-invalid',
        `${source.file} has more than ${rowsMax} rows, too many to hold in memory`,
        {
          hint: 'shuffle the file beforehand, or send it in file order',
          fields: { file: source.file, rowsMax },
        },
      );
    }
    rows.push(row);
  }
  return rows;
}

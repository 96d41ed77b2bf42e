import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RowSource, SourceRow } from '../../services/producer/row-source';
import type { Schema } from '../../shared/row/schema';

export const twoFeatures: Schema = {
  layout: 'data',
  extraFields: 'reject',
  label: { name: 'class', classes: ['a', 'b'] },
  features: [{ name: 'x' }, { name: 'y' }],
};

/** `count` distinct rows: row i is (i, i / 2) of class a or b by turns. */
export function numberedRows(count: number, file = 'numbered.csv'): RowSource {
  return sourceOf(
    Array.from({ length: count }, (_, i) => ({ features: [i, i / 2], label: i % 2 === 0 ? 'a' : 'b' })),
    file,
  );
}

export function sourceOf(rows: readonly SourceRow[], file = 'rows.csv'): RowSource {
  return {
    file,
    rowCount: rows.length,
    simulatedSeed: null,
    async *rows() {
      yield* rows;
    },
  };
}

/** A folder for the CSV files of a test file; `remove` deletes it. */
export function csvFolder(): {
  write(name: string, content: string | Uint8Array): string;
  path: string;
  remove(): void;
} {
  const path = mkdtempSync(join(tmpdir(), 'alder-csv-'));
  return {
    path,
    write(name, content) {
      const file = join(path, name);
      writeFileSync(file, content);
      return file;
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

export async function collect<T>(from: AsyncIterable<T>, max = Number.POSITIVE_INFINITY): Promise<T[]> {
  const all: T[] = [];
  for await (const each of from) {
    all.push(each);
    if (all.length === max) break;
  }
  return all;
}

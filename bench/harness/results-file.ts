import { readFileSync, writeFileSync } from 'node:fs';
import type { Conditions } from './machine';
import type { FigureResult } from './measure';

/** The results of a bench run as JSON: one list of figures for each suite. */
export interface ResultsFile {
  readonly conditions: Conditions;
  /** True for a run with `--quick`, whose figures must not be quoted. */
  readonly isQuick: boolean;
  readonly suites: Readonly<Record<string, readonly FigureResult[]>>;
}

export function writeResults(file: string, results: ResultsFile): void {
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
}

/** Throws when the file is missing, holds no results, or was measured with `--quick`. */
export function readResults(file: string): ResultsFile {
  let results: Partial<ResultsFile>;
  try {
    results = JSON.parse(readFileSync(file, 'utf8')) as Partial<ResultsFile>;
  } catch (error) {
    throw new Error(`${file} cannot be read as results of a bench: ${(error as Error).message}`);
  }
  if (results?.suites === undefined || results.conditions === undefined) {
    throw new Error(`${file} holds no results of a bench; \`npm run bench -- --json FILE\` writes them`);
  }
  if (results.isQuick !== false) throw new Error(`${file} was measured with --quick, which is not to quote`);
  return results as ResultsFile;
}

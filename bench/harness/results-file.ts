import { readFileSync, writeFileSync } from 'node:fs';
import type { Conditions } from './machine';
import type { FigureResult } from './measure';

/** What a run of the bench found: JSON, one list of figures a suite. */
export interface ResultsFile {
  readonly conditions: Conditions;
  /** Measured at a tenth of the size: it shows that a bench runs, and no more. */
  readonly isQuick: boolean;
  readonly suites: Readonly<Record<string, readonly FigureResult[]>>;
}

export function writeResults(file: string, results: ResultsFile): void {
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
}

/** Throws when the file is not there, is no result of a bench, or is one that was measured quickly. */
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

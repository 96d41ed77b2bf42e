import { appendFileSync, writeFileSync } from 'node:fs';
import { numbersFrom } from '../../bench/harness/random';
import { shuffledIris } from '../scenarios/iris-rows';

const HEADER = 'sepal_length,sepal_width,petal_length,petal_width,species';
const DECIMALS = 6;

/** A row as the log must hold it. */
export interface NumberedRow {
  readonly data: readonly (number | string)[];
  readonly label: string;
}

/** The distance of two bad rows. The last row of a file is never bad, since a version ends with an accepted row. */
const BAD_ROW_EVERY = 97;

/**
 * Row `i` of an endless file: an Iris row with a little noise, so that no two rows are equal. A bad row has a cell that is
 * no number, so the trainer must reject it.
 */
export function numberedRow(i: number): NumberedRow {
  const random = numbersFrom(i * 2_654_435);
  const { features, label } = iris[i % iris.length]!;
  const data = features.map((value) => Number((value + random() * 0.1).toFixed(DECIMALS)));
  return isBadRow(i) ? { data: ['bad', ...data.slice(1)], label } : { data, label };
}

export function isBadRow(i: number): boolean {
  return i % BAD_ROW_EVERY === BAD_ROW_EVERY - 5;
}

/** The number of a file's rows at or above `rows` whose last row is a good one. */
export function endingWell(rows: number): number {
  return isBadRow(rows - 1) ? rows + 1 : rows;
}

/** A CSV file of the rows [0, rows). */
export function writeRows(file: string, rows: number): void {
  writeFileSync(file, `${HEADER}\n`);
  addRows(file, 0, rows);
}

/** Appends the rows [from, next) to the file. */
export function addRows(file: string, from: number, next: number): void {
  const lines: string[] = [];
  for (let i = from; i < next; i++) {
    const { data, label } = numberedRow(i);
    lines.push(`${data.join(',')},${label}\n`);
  }
  appendFileSync(file, lines.join(''));
}

const iris = shuffledIris(1);

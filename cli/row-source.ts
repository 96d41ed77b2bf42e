import { InvalidArgumentError } from 'commander';
import { csvRows } from '../services/producer/csv-rows';
import type { RowSource } from '../services/producer/row-source';
import { shuffledRows } from '../services/producer/shuffle';
import { simulatedRows } from '../services/producer/simulate';
import { AlderError } from '../shared/errors';
import type { Schema } from '../shared/row/schema';
import { findFile } from './read-schema-file';

/** How a file's rows are to be sent. */
export interface SourceOptions {
  readonly shuffle?: number;
  readonly simulate?: number;
  readonly drift?: number;
}

export function openRowSource(
  file: string,
  schema: Schema,
  { shuffle, simulate, drift }: SourceOptions,
): RowSource {
  if (drift !== undefined && simulate === undefined) {
    throw new AlderError('usage', '--drift moves simulated rows: it needs --simulate');
  }
  if (shuffle !== undefined && simulate !== undefined) {
    throw new AlderError('usage', '--simulate draws rows at random already: leave out --shuffle');
  }
  const rows = csvRows(findFile(file), schema);
  if (simulate !== undefined)
    return simulatedRows(rows, { seed: simulate, driftPerThousandRows: drift ?? 0 });
  return shuffle === undefined ? rows : shuffledRows(rows, shuffle);
}

/** Parses an option's number; commander names the option when it throws. */
export function numberOption(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number)) throw new InvalidArgumentError('not a number');
  return number;
}

export function seedOption(text: string): number {
  const seed = numberOption(text);
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff) {
    throw new InvalidArgumentError('a seed is a whole number from 0 to 4294967295');
  }
  return seed;
}

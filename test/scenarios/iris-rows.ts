import { numbersFrom } from '../../bench/harness/random';
import { irisRows } from '../engine/iris';

/** A row that a scenario sends. */
export interface SentRow {
  readonly features: readonly number[];
  readonly label: string;
}

/** The Iris rows in a seeded order. */
export function shuffledIris(seed: number): SentRow[] {
  const { rowCount, columns, classes, classNames } = irisRows();
  const rows = Array.from({ length: rowCount }, (_, i) => ({
    features: columns.map((column) => column[i]!),
    label: classNames[classes[i]!]!,
  }));
  const random = numbersFrom(seed);
  for (let i = rows.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [rows[i], rows[j]] = [rows[j]!, rows[i]!];
  }
  return rows;
}

/** The row as a line of the log. */
export function lineOf({ features, label }: SentRow): string {
  return JSON.stringify({ data: features, label });
}

/** Lines in messages of up to `rowsPerMessage` lines each. */
export function inMessages(lines: readonly string[], rowsPerMessage: number): string[] {
  const messages: string[] = [];
  for (let i = 0; i < lines.length; i += rowsPerMessage) {
    messages.push(lines.slice(i, i + rowsPerMessage).join('\n'));
  }
  return messages;
}

/** The messages of one partition under round-robin partitioning. */
export function shareOf<T>(messages: readonly T[], partition: number, partitions: number): T[] {
  return messages.filter((_, i) => i % partitions === partition);
}

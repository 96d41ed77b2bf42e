import type { FigureResult, YardstickResult } from './measure';
import type { Spread } from './spread';

/** One row for each comparison: figure, Alder's value, yardstick, ratio with its spread, target, and whether it is met. */
export function resultRows(result: FigureResult): string[][] {
  const { name, conditions, unit, ours, atMost, missing, check } = result;
  const title = `${name} (${conditions})`;
  if (check !== null) return [[title, check.found, '', '', '', check.holds ? 'holds' : 'FAILED']];
  if (ours === null) return [[title, 'skipped', missing ?? '', '', '', '']];
  const own = `${told(ours.samples)} ${unit}`;
  if (atMost !== null) {
    const verdict = ours.samples.median <= atMost ? 'met' : 'missed';
    return [[title, own, 'a bound', '', `<= ${atMost} ${unit}`, verdict]];
  }
  return result.yardsticks.map((yardstick) => [title, own, ...comparison(yardstick, unit)]);
}

export const TABLE_HEAD = ['figure', 'ours', 'against', 'ratio (lowest to highest)', 'target', ''];

function comparison({ name, target, measured, missing }: YardstickResult, unit: string): string[] {
  if (measured === null) return [`${name}: skipped, ${missing}`, '', `${target} ×`, 'skipped'];
  const { samples, ratio } = measured;
  const verdict = ratio.median >= target ? 'met' : 'missed';
  return [
    `${name} ${told(samples)} ${unit}`,
    `${digits(ratio.median)} × (${digits(ratio.low)} to ${digits(ratio.high)})`,
    `${target} ×`,
    verdict,
  ];
}

function told({ median }: Spread): string {
  return digits(median);
}

/** Three significant digits, since measurements are noisier than that. */
export function digits(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return Number(value.toPrecision(3)).toString();
}

/** Columns padded for a terminal. */
export function plainTable(rows: readonly (readonly string[])[]): string {
  const widths = TABLE_HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function markdownTable(rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(TABLE_HEAD), line(TABLE_HEAD.map(() => '---')), ...rows.map(line)].join('\n');
}

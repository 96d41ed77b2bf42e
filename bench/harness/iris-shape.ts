import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Shape {
  readonly mean: number;
  readonly deviation: number;
}

/** Mean and standard deviation of every feature of every species; shape [3, 4]. */
export function irisShape(): Shape[][] {
  const file = join(__dirname, '..', '..', 'data', 'iris.csv');
  const lines = readFileSync(file, 'utf8').trim().split('\n').slice(1);
  const rows = lines.map((line) => line.trim().split(','));
  const species = [...new Set(rows.map((row) => row[4]!))];
  return species.map((name) => {
    const own = rows.filter((row) => row[4] === name);
    return [0, 1, 2, 3].map((feature) => shapeOf(own.map((row) => Number(row[feature]))));
  });
}

function shapeOf(values: readonly number[]): Shape {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSchema, type Schema } from '../../shared/row/schema';
import type { Dice } from './dice';

export const IRIS_SCHEMA: Schema = parseSchema(
  readFileSync(join(__dirname, '..', '..', 'data', 'iris.schema.json'), 'utf8'),
  'data/iris.schema.json',
);

/** A sent line and the row that it must become; null for a line that must be rejected. */
export interface SentLine {
  readonly text: string;
  readonly row: { readonly features: readonly number[]; readonly classIndex: number } | null;
}

/** The lines of one message; null for a message whose value is null. */
export type SentLines = readonly SentLine[] | null;

const BAD_LINES = [
  'not a row',
  '{"data":[1,2,3',
  '{"data":[1,2,3],"label":"setosa"}',
  '{"data":[1,2,3,4],"label":"tulip"}',
  '{"data":[1,2,3,"4"],"label":"setosa"}',
];

/** One to three lines, sometimes a null value. `drift` swaps the classes. */
export function drawLines(dice: Dice, badLineShare: number, drift: number): SentLines {
  if (dice.chance(badLineShare / 4)) return null;
  return Array.from({ length: dice.pick([1, 1, 1, 2, 3]) }, () => {
    if (dice.chance(badLineShare)) return { text: dice.pick(BAD_LINES), row: null };
    return drawRow(dice, drift);
  });
}

/** The classes overlap and the features have few values, so that trees have ties and errors. */
function drawRow(dice: Dice, drift: number): SentLine {
  const { classes } = IRIS_SCHEMA.label;
  const kind = dice.below(classes.length);
  const features = [
    kind * 10 + dice.below(14),
    dice.below(4) / 2,
    kind + dice.below(3),
    dice.below(100) / 10,
  ];
  const classIndex = (kind + drift) % classes.length;
  return {
    text: JSON.stringify({ data: features, label: classes[classIndex] }),
    row: { features, classIndex },
  };
}

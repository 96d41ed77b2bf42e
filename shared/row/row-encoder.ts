import { invariant } from '../errors';
import type { Schema } from './schema';

/**
 * One row as the line that the log holds, in the schema's layout: `{"data":[5.1,3.5,1.4,0.2],"label":"setosa"}`, or
 * flat `{"sepal_length":5.1,…,"species":"setosa"}`. No spaces, features in the schema's order, label last.
 *
 * `features` has shape [nFeatures]. Text among them is sent as text, and a number that is not finite as its name:
 * the trainer refuses such a row with its coordinates, so what was wrong in a source is found there and nothing is lost.
 */
export function encodeRow(schema: Schema, features: readonly (number | string)[], label: string): string {
  invariant(features.length === schema.features.length, 'a row has one cell per feature of its schema');
  if (schema.layout === 'data')
    return `{"data":[${features.map(cellJson).join(',')}],"label":${JSON.stringify(label)}}`;
  // Written by hand because an object would put names like "2" before all others.
  const fields = features.map((cell, i) => `${JSON.stringify(schema.features[i]!.name)}:${cellJson(cell)}`);
  return `{${fields.join(',')},${JSON.stringify(schema.label.name)}:${JSON.stringify(label)}}`;
}

/** One feature of a row: a number, or the text of whatever else it is. */
export function cellJson(cell: number | string): string {
  return typeof cell === 'number' && Number.isFinite(cell) ? String(cell) : JSON.stringify(String(cell));
}

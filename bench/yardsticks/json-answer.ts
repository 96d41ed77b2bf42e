import { majorityClass, type Tree } from '../../shared/tree/tree';

interface AnsweringVersion {
  readonly tree: Tree;
  readonly model: string;
  readonly version: number;
  readonly digest: string;
}

interface Body {
  readonly data: readonly number[] | readonly (readonly number[])[];
}

/**
 * Turns the bytes of a request body into those of the answer in the simplest way: JSON.parse, a tree walk for each row,
 * JSON.stringify. It checks nothing; for a valid body it returns the same bytes as Alder.
 */
export function jsonAnswer({ tree, model, version, digest }: AnsweringVersion, body: Buffer): Buffer {
  const { data } = JSON.parse(body.toString()) as Body;
  const isList = Array.isArray(data[0]);
  const rows = (isList ? data : [data]) as readonly (readonly number[])[];
  const predictions: string[] = [];
  const probabilities: Record<string, number>[] = [];
  for (const row of rows) {
    const leaf = plainLeafOf(tree, row);
    predictions.push(tree.classNames[majorityClass(tree, leaf)]!);
    probabilities.push(sharesOf(tree, leaf));
  }
  const origin = { model, version, digest };
  const answer = isList
    ? { predictions, probabilities, ...origin }
    : { prediction: predictions[0], probabilities: probabilities[0], ...origin };
  return Buffer.from(JSON.stringify(answer));
}

function plainLeafOf({ feature, threshold, left, right }: Tree, row: readonly number[]): number {
  let node = 0;
  while (feature[node]! >= 0) {
    node = row[feature[node]!]! <= threshold[node]! ? left[node]! : right[node]!;
  }
  return node;
}

function sharesOf({ classNames, classCounts }: Tree, leaf: number): Record<string, number> {
  const from = leaf * classNames.length;
  let total = 0;
  for (let k = 0; k < classNames.length; k++) total += classCounts[from + k]!;
  const shares: Record<string, number> = {};
  for (let k = 0; k < classNames.length; k++) shares[classNames[k]!] = classCounts[from + k]! / total;
  return shares;
}

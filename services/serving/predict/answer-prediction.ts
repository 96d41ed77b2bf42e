import type { Answer } from '../../../shared/http/answer';
import { problem } from '../../../shared/http/problem';
import type { RowsRead } from '../../../shared/row/request-reader';
import { isLeaf, leafOf, type Tree } from '../../../shared/tree/tree';
import type { ServedModel } from '../models/served-model';

export interface PredictionAnswered extends Answer {
  /** Rows predicted; 0 when the body was refused. */
  readonly rowCount: number;
}

/** Additions to a plain prediction. */
export interface PredictionExtras {
  /** Each row's decision path is part of the answer. */
  readonly explains: boolean;
  /** Gets the rows of a valid body; it cannot change the answer. */
  readonly onRows?: ((rows: RowsRead) => void) | undefined;
}

/** Explanations are long, so one request may have fewer rows explained than predicted. */
export const EXPLAINED_ROWS_MAX = 100;

/**
 * The whole of prediction: bytes of a request's body → the answer. It awaits nothing and knows no HTTP library, so
 * every path that carries it gives equal bytes. One bad row refuses the body, with the pointer and code of each fault.
 */
export function answerPrediction(
  body: Uint8Array,
  model: ServedModel,
  extras: PredictionExtras | null = null,
): PredictionAnswered {
  const read = model.reader.read(body);
  if (!read.ok)
    return { ...problem(read.faults[0]?.code ?? 'bad-request', { faults: read.faults }), rowCount: 0 };
  const explains = extras?.explains === true;
  if (explains && read.rowCount > EXPLAINED_ROWS_MAX) {
    const faults = [{ pointer: '/data', code: 'too-many-rows' }] as const;
    return { ...problem('too-many-rows', { faults }), rowCount: 0 };
  }
  extras?.onRows?.(read);
  const { headers } = model;
  const text = read.single
    ? oneAnswer(model, read.features, explains)
    : listAnswer(model, read.features, read.rowCount, explains);
  return { status: 200, headers, body: text, rowCount: read.rowCount };
}

function oneAnswer(
  { tree, leafTexts, answerEnd }: ServedModel,
  row: Float64Array,
  explains: boolean,
): string {
  const leaf = leafOf(tree, row, 0);
  const path = explains ? `,"path":${explanationText(tree, leafTexts.keys, row, 0)}` : '';
  return `{"prediction":${leafTexts.prediction(leaf)},"probabilities":${leafTexts.probabilities(leaf)}${path}${answerEnd}`;
}

function listAnswer(
  { tree, leafTexts, answerEnd }: ServedModel,
  features: Float64Array,
  rowCount: number,
  explains: boolean,
): string {
  const featureCount = tree.featureNames.length;
  const predictions = new Array<string>(rowCount);
  const probabilities = new Array<string>(rowCount);
  const paths: string[] = [];
  for (let row = 0; row < rowCount; row++) {
    const leaf = leafOf(tree, features, row * featureCount);
    predictions[row] = leafTexts.prediction(leaf);
    probabilities[row] = leafTexts.probabilities(leaf);
    if (explains) paths.push(explanationText(tree, leafTexts.keys, features, row * featureCount));
  }
  const explained = explains ? `,"paths":[${paths.join(',')}]` : '';
  return `{"predictions":[${predictions.join(',')}],"probabilities":[${probabilities.join(',')}]${explained}${answerEnd}`;
}

/**
 * The decision path of one row as JSON text, from the root to its leaf: for each node the feature, the threshold, the
 * row's value, the side that the row takes (`value <= threshold` goes left), and the node's fitted rows of each class.
 */
function explanationText(tree: Tree, keys: readonly string[], features: Float64Array, at: number): string {
  const steps: string[] = [];
  for (let node = 0; ; ) {
    const rows = rowsText(tree, keys, node);
    if (isLeaf(tree, node)) {
      steps.push(`{"node":${node},"rows":${rows}}`);
      return `[${steps.join(',')}]`;
    }
    const f = tree.feature[node]!;
    const value = features[at + f]!;
    const threshold = tree.threshold[node]!;
    const side = value <= threshold ? 'left' : 'right';
    steps.push(
      `{"node":${node},"feature":${JSON.stringify(tree.featureNames[f])},"threshold":${threshold},"value":${value},"side":"${side}","rows":${rows}}`,
    );
    node = tree[side][node]!;
  }
}

/** Joined as text: an object would reorder class names such as "10" and "2". */
function rowsText({ classCounts }: Tree, keys: readonly string[], node: number): string {
  const from = node * keys.length;
  return `{${keys.map((key, k) => `${key}${classCounts[from + k]}`).join(',')}}`;
}

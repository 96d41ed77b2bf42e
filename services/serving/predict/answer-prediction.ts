import type { Answer } from '../../../shared/http/answer';
import { problem } from '../../../shared/http/problem';
import type { RowsRead } from '../../../shared/row/request-reader';
import { leafOf } from '../../../shared/tree/tree';
import type { ServedModel } from '../models/served-model';
import { EXPLAINED_ROWS_MAX, explanationText } from './explanation';

export interface PredictionAnswered extends Answer {
  /** Rows predicted; 0 when the body was refused. */
  readonly rowCount: number;
}

/** What a prediction may come with. */
export interface PredictionExtras {
  /** Each row's decision path goes with the answer. */
  readonly explains: boolean;
  /** Sees the rows of a good body; what it does changes nothing of the answer. */
  readonly onRows?: ((rows: RowsRead) => void) | undefined;
}

/**
 * The whole of prediction: bytes of a request's body → the answer. It awaits nothing and knows no HTTP library, so
 * whatever carries it gives equal bytes. One bad row refuses the body, with every fault's pointer and code.
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

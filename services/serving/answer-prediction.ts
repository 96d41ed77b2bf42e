import type { Answer } from '../../shared/http/answer';
import { problem } from '../../shared/http/problem';
import { leafOf } from '../../shared/tree/predict';
import type { ServedModel } from './served-model';

export interface PredictionAnswered extends Answer {
  /** Rows predicted; 0 when the body was refused. */
  readonly rowCount: number;
}

/**
 * The whole of prediction: bytes of a request's body → the answer. It awaits nothing and knows no HTTP library, so
 * whatever carries it gives equal bytes. One bad row refuses the body, with every fault's pointer and code.
 */
export function answerPrediction(body: Uint8Array, model: ServedModel): PredictionAnswered {
  const read = model.reader.read(body);
  if (!read.ok)
    return { ...problem(read.faults[0]?.code ?? 'bad-request', { faults: read.faults }), rowCount: 0 };
  const { tree, leafTexts, headers, answerEnd } = model;
  if (read.single) {
    const leaf = leafOf(tree, read.features, 0);
    const text = `{"prediction":${leafTexts.prediction(leaf)},"probabilities":${leafTexts.probabilities(leaf)}${answerEnd}`;
    return { status: 200, headers, body: text, rowCount: 1 };
  }
  const featureCount = tree.featureNames.length;
  const predictions = new Array<string>(read.rowCount);
  const probabilities = new Array<string>(read.rowCount);
  for (let row = 0; row < read.rowCount; row++) {
    const leaf = leafOf(tree, read.features, row * featureCount);
    predictions[row] = leafTexts.prediction(leaf);
    probabilities[row] = leafTexts.probabilities(leaf);
  }
  const text = `{"predictions":[${predictions.join(',')}],"probabilities":[${probabilities.join(',')}]${answerEnd}`;
  return { status: 200, headers, body: text, rowCount: read.rowCount };
}

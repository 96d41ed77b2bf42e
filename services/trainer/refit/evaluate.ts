import { leafOf } from '../../../shared/tree/predict';
import { compileTree, isCompilable } from '../../../shared/tree/predict/compiled-tree';
import { predictRows } from '../../../shared/tree/predict/predict-rows';
import { majorityClass, nodeCount, type Tree } from '../../../shared/tree/tree';
import { countRows, type RowSpan, type ScoringSet } from '../window/gather-rows';

/** The class index that a tree predicts for each row, shape [rowCount]. */
export function predictAll(tree: Tree, rows: ScoringSet): Uint32Array {
  const predicted = new Uint32Array(rows.rowCount);
  const predict = predictorFor(tree, rows.rowCount);
  let at = 0;
  for (const features of rows.batches()) {
    const count = features.length / tree.featureNames.length;
    predict(features, 0, count, predicted.subarray(at, at + count));
    at += count;
  }
  return predicted;
}

/** Rows of the spans that a tree gets right, held-out ones included: test, then train. */
export function countHits(tree: Tree, spans: readonly RowSpan[]): number {
  const predict = predictorFor(tree, countRows(spans));
  let hits = 0;
  for (const { store, from, end } of spans) {
    store.rows.visit(from, end, ({ features, classes }, chunkFrom, chunkEnd) => {
      const predicted = new Uint32Array(chunkEnd - chunkFrom);
      predict(features, chunkFrom, chunkEnd, predicted);
      for (let i = chunkFrom; i < chunkEnd; i++) if (predicted[i - chunkFrom] === classes[i]) hits++;
    });
  }
  return hits;
}

/** Writes the classes of rows [from, to) to the front of `into`. */
type Predictor = (features: Float64Array, from: number, to: number, into: Uint32Array) => void;

/** Compiling visits every node, which pays only where the rows to come are about as many. */
function predictorFor(tree: Tree, rowCount: number): Predictor {
  if (rowCount >= nodeCount(tree) && isCompilable(tree)) {
    const compiled = compileTree(tree, 'class');
    return (features, from, to, into) => predictRows(compiled, features, from, to, into);
  }
  const width = tree.featureNames.length;
  return (features, from, to, into) => {
    for (let row = from; row < to; row++) {
      into[row - from] = majorityClass(tree, leafOf(tree, features, row * width));
    }
  };
}

import { leafOf } from '../../../shared/tree/predict';
import { majorityClass, type Tree } from '../../../shared/tree/tree';
import type { RowSpan, ScoringSet } from '../window/window-rows';

/** The class index that a tree predicts for each row, shape [rowCount]. */
export function predictAll(tree: Tree, rows: ScoringSet): Uint32Array {
  const classOfNode = majorities(tree);
  const features = tree.featureNames.length;
  const predicted = new Uint32Array(rows.rowCount);
  for (let i = 0; i < rows.rowCount; i++)
    predicted[i] = classOfNode[leafOf(tree, rows.features, i * features)]!;
  return predicted;
}

/** Rows of the spans that a tree gets right, held-out ones included: test, then train. */
export function countHits(tree: Tree, spans: readonly RowSpan[]): number {
  const classOfNode = majorities(tree);
  const features = tree.featureNames.length;
  let hits = 0;
  for (const { store, from, end } of spans) {
    const { rows } = store;
    for (let i = from; i < end; i++) {
      if (classOfNode[leafOf(tree, rows.features, i * features)] === rows.classes[i]) hits++;
    }
  }
  return hits;
}

function majorities(tree: Tree): Uint32Array {
  return Uint32Array.from(tree.feature, (_, node) => majorityClass(tree, node));
}

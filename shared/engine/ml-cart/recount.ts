import type { Tree } from '../../tree/tree';
import type { TrainingSet } from '../training-set';

/** The tree with the class counts that it gets when every row of the set walks through it. */
export function recountClasses(tree: Tree, rows: TrainingSet): Tree {
  const { feature, threshold, left, right } = tree;
  const classes = tree.classNames.length;
  const classCounts = new Uint32Array(feature.length * classes);
  for (let row = 0; row < rows.rowCount; row++) {
    const k = rows.classes[row]!;
    let node = 0;
    classCounts[k]!++;
    for (let f = feature[0]!; f >= 0; f = feature[node]!) {
      node = rows.columns[f]![row]! <= threshold[node]! ? left[node]! : right[node]!;
      classCounts[node * classes + k]!++;
    }
  }
  return { ...tree, classCounts };
}

import { majorityClass, nodeCount, type Tree } from '../../../shared/tree/tree';

/** Kept texts stop here; a tree within its 16 MiB can have leaves whose texts would together fill gigabytes. */
const KEPT_CHARACTERS_MAX = 32 * 1_048_576;

/**
 * What a leaf answers, as JSON text that only has to be put together with others. A leaf's text is made when a row
 * first ends in it, and kept: most rows end in few leaves.
 */
export class LeafTexts {
  private readonly predictions: readonly string[];
  /** `"<class>":` in the order of the classes. */
  readonly keys: readonly string[];
  private readonly kept: (string | undefined)[];
  private keptCharacters = 0;

  constructor(private readonly tree: Tree) {
    this.predictions = tree.classNames.map((name) => JSON.stringify(name));
    this.keys = this.predictions.map((name) => `${name}:`);
    this.kept = new Array<string | undefined>(nodeCount(tree));
  }

  /** The predicted class as a JSON string: the class with the most fitted rows, the lower index of equals. */
  prediction(leaf: number): string {
    return this.predictions[majorityClass(this.tree, leaf)]!;
  }

  /** The leaf's rows of each class over the leaf's rows, as a JSON object in the order of the classes. */
  probabilities(leaf: number): string {
    const known = this.kept[leaf];
    if (known !== undefined) return known;
    const text = this.composeProbabilities(leaf);
    if (this.keptCharacters + text.length <= KEPT_CHARACTERS_MAX) {
      this.keptCharacters += text.length;
      this.kept[leaf] = text;
    }
    return text;
  }

  private composeProbabilities(leaf: number): string {
    const counts = this.tree.classCounts.subarray(leaf * this.keys.length, (leaf + 1) * this.keys.length);
    let total = 0;
    for (const count of counts) total += count;
    // Text by text and not through an object, which would put class names such as "10" and "2" in another order.
    return `{${this.keys.map((key, k) => `${key}${counts[k]! / total}`).join(',')}}`;
  }
}

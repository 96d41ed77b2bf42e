import { majorityClass, nodeCount, type Tree } from '../../../shared/tree/tree';

/** A tree of the allowed 16 MiB can have leaves whose texts together would fill gigabytes. */
const CACHED_CHARACTERS_MAX = 32 * 1_048_576;

/**
 * The parts of an answer that depend on the leaf alone, as JSON text. The text of a leaf is made when a row first ends
 * in it, and is then cached: most rows end in few leaves.
 */
export class LeafTexts {
  private readonly predictions: readonly string[];
  /** `"<class>":` in the order of the classes. */
  readonly keys: readonly string[];
  private readonly cached: (string | undefined)[];
  private cachedCharacters = 0;

  constructor(private readonly tree: Tree) {
    this.predictions = tree.classNames.map((name) => JSON.stringify(name));
    this.keys = this.predictions.map((name) => `${name}:`);
    this.cached = new Array<string | undefined>(nodeCount(tree));
  }

  /** The predicted class as a JSON string: the class with the most fitted rows, the lower index of equals. */
  prediction(leaf: number): string {
    return this.predictions[majorityClass(this.tree, leaf)]!;
  }

  /** The leaf's rows of each class over the leaf's rows, as a JSON object in the order of the classes. */
  probabilities(leaf: number): string {
    const cached = this.cached[leaf];
    if (cached !== undefined) return cached;
    const text = this.composeProbabilities(leaf);
    if (this.cachedCharacters + text.length <= CACHED_CHARACTERS_MAX) {
      this.cachedCharacters += text.length;
      this.cached[leaf] = text;
    }
    return text;
  }

  private composeProbabilities(leaf: number): string {
    const counts = this.tree.classCounts.subarray(leaf * this.keys.length, (leaf + 1) * this.keys.length);
    let total = 0;
    for (const count of counts) total += count;
    // Joined as text: an object would reorder class names such as "10" and "2".
    return `{${this.keys.map((key, k) => `${key}${counts[k]! / total}`).join(',')}}`;
  }
}

import type { PredictionAnswer } from '../../../shared/api/answers';
import type { ModelRegistry } from '../../../shared/model-registry/model-registry';
import { decodeVersionRecord } from '../../../shared/model-registry/version-record';

/** The tree format as an independent reader sees it; the walk below shares no code with the product's. */
interface TreeText {
  readonly classes: readonly string[];
  readonly feature: readonly number[];
  readonly threshold: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly classCounts: readonly (readonly number[])[];
}

interface ToldAnswer {
  readonly row: readonly number[];
  readonly answer: PredictionAnswer;
}

/** Collects every distinct prediction, to compare it later with the tree of its version. */
export class ToldAnswers {
  private readonly byVersion = new Map<number, Map<string, ToldAnswer>>();

  add(row: readonly number[], answer: PredictionAnswer): void {
    let answers = this.byVersion.get(answer.version);
    if (answers === undefined) {
      answers = new Map();
      this.byVersion.set(answer.version, answers);
    }
    answers.set(JSON.stringify([row, answer]), { row, answer });
  }

  get versionCount(): number {
    return this.byVersion.size;
  }

  /** The predictions that differ from those of the version that they name, in words. */
  async faults(registry: ModelRegistry): Promise<string[]> {
    const faults: string[] = [];
    for (const [version, answers] of this.byVersion) {
      const [recordText, treeText] = [await registry.loadRecord(version), await registry.loadTree(version)];
      if (recordText === null || treeText === null) {
        faults.push(`version ${version} was served, and does not exist`);
        continue;
      }
      const { tree, promotion } = decodeVersionRecord(recordText);
      if (!promotion.promoted) faults.push(`version ${version} was served, and was never promoted`);
      const expected = JSON.parse(treeText) as TreeText;
      for (const { row, answer } of answers.values())
        if (answer.digest !== tree.digest || !isOf(expected, row, answer))
          faults.push(
            `version ${version} does not answer ${JSON.stringify(row)} with ${JSON.stringify(answer)}`,
          );
    }
    return faults;
  }
}

function isOf(
  tree: TreeText,
  row: readonly number[],
  { prediction, probabilities }: PredictionAnswer,
): boolean {
  let node = 0;
  while (tree.feature[node]! >= 0)
    node = row[tree.feature[node]!]! <= tree.threshold[node]! ? tree.left[node]! : tree.right[node]!;
  const counts = tree.classCounts[node]!;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const shares = tree.classes.map((name, k) => [name, counts[k]! / total]);
  const majority = tree.classes[counts.indexOf(Math.max(...counts))];
  return prediction === majority && JSON.stringify(Object.entries(probabilities)) === JSON.stringify(shares);
}

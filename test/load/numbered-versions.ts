import { setTimeout as pause } from 'node:timers/promises';
import type { Tree } from '../../shared/tree/tree';
import { leafOf } from '../../shared/tree/tree';
import type { RawAnswer } from '../support/raw-http';
import { IRIS_CLASSES, IRIS_FEATURES, type Publisher } from '../support/stored-versions';

/** The expected answer of a version. */
interface Published {
  readonly tree: Tree;
  readonly digest: string;
}

/**
 * A tree that no other version has: its threshold and its class counts depend on the version number. An answer that mixes
 * two versions is therefore visible in the prediction, the probabilities or the digest.
 */
export function numberedTree(version: number): Tree {
  return {
    featureNames: IRIS_FEATURES,
    classNames: IRIS_CLASSES,
    feature: Int32Array.of(2, -1, -1),
    threshold: Float64Array.of(1 + (version % 40) / 10, 0, 0),
    left: Int32Array.of(1, -1, -1),
    right: Int32Array.of(2, -1, -1),
    classCounts: Uint32Array.of(version + 1, version + 1, 1, version + 1, 1, 0, 0, version, 1),
  };
}

/** The versions that a test published, and the check of answers that name them. */
export class NumberedVersions {
  newest = 0;
  readonly seen = new Set<number>();
  private readonly published = new Map<number, Published>();

  constructor(private readonly publisher: Publisher) {}

  async publish(): Promise<void> {
    const version = this.newest + 1;
    const tree = numberedTree(version);
    // Added before the publish, since an answer may name the version before the publish returns.
    const { record } = await this.publisher.publish(tree, { keepVersions: 10_000 });
    this.published.set(version, { tree, digest: record.tree.digest });
    this.newest = version;
  }

  /** Publishes versions one after the other, each after an answer named the previous version. */
  async publishUntil(version: number): Promise<void> {
    while (this.newest < version) {
      await this.publish();
      while (!this.seen.has(this.newest)) await pause(1);
    }
  }

  /** The fault of an answer to one row, or null. An answer may come before `publish` noted its version. */
  async fault(
    answer: RawAnswer | null,
    row: readonly number[],
    pinned: number | null,
  ): Promise<string | null> {
    if (answer === null) return 'the connection closed without an answer';
    if (answer.status !== 200) return `status ${answer.status}: ${answer.body}`;
    const body = JSON.parse(answer.body);
    if (pinned !== null && body.version !== pinned) return `version ${body.version}, not ${pinned}`;
    while (this.newest < body.version) await pause(1);
    const { tree, digest } = this.published.get(body.version)!;
    const leaf = leafOf(tree, Float64Array.from(row), 0);
    const counts = [...tree.classCounts.subarray(leaf * 3, leaf * 3 + 3)];
    const rows = counts.reduce((sum, count) => sum + count, 0);
    const best = counts.indexOf(Math.max(...counts));
    const expected = {
      prediction: IRIS_CLASSES[best],
      probabilities: Object.fromEntries(counts.map((count, i) => [IRIS_CLASSES[i], count / rows])),
      model: 'decisiontree',
      version: body.version,
      digest,
    };
    this.seen.add(body.version);
    const named = [answer.headers['alder-version'], answer.headers['alder-digest']].join();
    if (named !== [body.version, digest].join()) return `headers ${named} and body ${answer.body}`;
    return JSON.stringify(body) === JSON.stringify(expected) ? null : `${answer.body} for row ${row}`;
  }
}

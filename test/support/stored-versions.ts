import { CHAMPION } from '../../shared/model-registry/aliases';
import type {
  Lease,
  ModelRegistry,
  Publication,
  VersionRef,
} from '../../shared/model-registry/model-registry';
import { sealRecord, type VersionRecord } from '../../shared/model-registry/version-record';
import { depth, leafCount, nodeCount, type Tree } from '../../shared/tree/tree';
import { encodeTree, treeDigest } from '../../shared/tree/tree-codec';

export const IRIS_FEATURES = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'];
export const IRIS_CLASSES = ['setosa', 'versicolor', 'virginica'];

/**
 * petal_length <= threshold: setosa, all 3 rows. Above it petal_width <= 1.75: versicolor, 3 of 4 rows; else
 * virginica, both rows.
 */
export function irisTree(threshold = 2.45): Tree {
  return {
    featureNames: IRIS_FEATURES,
    classNames: IRIS_CLASSES,
    feature: Int32Array.of(2, -1, 3, -1, -1),
    threshold: Float64Array.of(threshold, 0, 1.75, 0, 0),
    left: Int32Array.of(1, -1, 3, -1, -1),
    right: Int32Array.of(2, -1, 4, -1, -1),
    classCounts: Uint32Array.of(3, 3, 3, 3, 0, 0, 0, 3, 3, 0, 3, 1, 0, 0, 2),
  };
}

export interface MadeVersion {
  readonly record: VersionRecord;
  readonly recordText: string;
  readonly treeText: string;
}

/** A valid version of a small tree. */
export function makeVersion(
  version: number,
  tree: Tree,
  parent: VersionRef | null = null,
  model = 'decisiontree',
): MadeVersion {
  const treeText = encodeTree(tree);
  const { record, text } = sealRecord({
    model,
    version,
    parent,
    champion: parent,
    log: { kind: 'embedded', clusterId: 'c', topic: 'alder-rows' },
    lineage: [
      {
        partition: 0,
        start: '0',
        windowFrom: '0',
        batchFrom: String((version - 1) * 10),
        next: String(version * 10),
        messages: version * 10,
        accepted: version * 10,
        rejected: 0,
        skipped: 0,
        last: null,
      },
    ],
    schemaDigest: '0'.repeat(64),
    settings: {
      engine: 'exact/1',
      rows: 'rows/1',
      windowRows: 2_000,
      holdoutShare: 0.2,
      maxDepth: 64,
      minLeafRows: 1,
      promotion: 'gated',
    },
    rows: { window: 10, fitted: 8, heldOut: 2, rejected: 0, digest: '0'.repeat(64) },
    tree: {
      digest: treeDigest(treeText),
      nodes: nodeCount(tree),
      leaves: leafCount(tree),
      depth: depth(tree),
    },
    evaluation: {
      batch: parent === null ? null : { rows: 10, hits: 9 },
      prequential: parent === null ? { rows: 0, hits: 0 } : { rows: 10, hits: 9 },
      holdout: {
        rows: 2,
        champion: parent === null ? null : 1,
        candidate: 1,
        confusion: [
          [1, 1],
          [0, 0],
        ],
      },
    },
    promotion: {
      promoted: true,
      reason: parent === null ? 'first' : 'not-worse',
      onlyChampion: 0,
      onlyCandidate: 0,
    },
    createdAt: '2024-01-01T00:00:01.000Z',
    newestRowAt: '2024-01-01T00:00:00.000Z',
    trainer: { id: 't', epoch: 1, code: 'test' },
  });
  return { record, recordText: text, treeText };
}

/** Publishes small trees as a trainer that holds the lease. */
export class Publisher {
  private constructor(
    private readonly registry: ModelRegistry,
    private lease: Lease,
  ) {}

  static async open(registry: ModelRegistry): Promise<Publisher> {
    const { lease } = await registry.loadState();
    return new Publisher(registry, (await registry.takeLease(lease, 't'))!);
  }

  /** Publishes the next version; by default it becomes the champion. */
  async publish(tree: Tree, changes: Partial<Publication> = {}): Promise<MadeVersion> {
    const { newest, aliases } = await this.registry.loadState();
    const version = (newest?.version ?? 0) + 1;
    const made = makeVersion(version, tree, newest);
    const outcome = await this.registry.publish({
      lease: this.lease,
      version,
      recordDigest: made.record.recordDigest,
      recordText: made.recordText,
      treeText: made.treeText,
      parent: newest,
      championRevision: aliases[CHAMPION]?.revision ?? 0,
      promote: true,
      reason: made.record.promotion.reason,
      actor: 't',
      at: '2024-01-01T00:00:01.000Z',
      answer: null,
      keepVersions: 100,
      keepFrom: 1,
      ...changes,
    });
    if (outcome !== 'done') throw new Error(`published with the outcome ${outcome}`);
    return made;
  }

  async beat(): Promise<void> {
    this.lease = (await this.registry.renewLease(this.lease))!;
  }

  get held(): Lease {
    return this.lease;
  }
}

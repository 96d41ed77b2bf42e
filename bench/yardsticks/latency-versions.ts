import { openEnvironment } from '../../shared/lmdb/environment';
import { openEmbeddedModelRegistry } from '../../shared/model-registry/embedded/embedded-model-registry';
import type { Lease, ModelRegistry } from '../../shared/model-registry/model-registry';
import { sealRecord, type VersionRecord } from '../../shared/model-registry/version-record';
import { depth, leafCount, nodeCount, type Tree } from '../../shared/tree/tree';
import { encodeTree, treeDigest } from '../../shared/tree/tree-codec';

const DIGEST = '0'.repeat(64);
const HITS = { rows: 0, hits: 0 };
const KEEP_VERSIONS = 3;

/** Publishes one tree again and again as new versions of a data folder, like a trainer. */
export class VersionSource {
  private readonly treeText: string;
  private parent: VersionRecord | null = null;
  private championRevision = 0;

  private constructor(
    private readonly registry: ModelRegistry,
    private readonly lease: Lease,
    private readonly tree: Tree,
    private readonly endUse: () => Promise<void>,
  ) {
    this.treeText = encodeTree(tree);
  }

  static async open(folder: string, tree: Tree): Promise<VersionSource> {
    const environment = openEnvironment(folder);
    const registry = await openEmbeddedModelRegistry(environment, { model: 'decisiontree' });
    const lease = await registry.takeLease(null, 'bench');
    if (lease === null) throw new Error('the folder of the bench has a trainer already');
    return new VersionSource(registry, lease, tree, () => environment.close());
  }

  /** Publishes the next version. Without a promotion it costs the publisher the same and the server nothing. */
  async publish(promote: boolean): Promise<void> {
    const { record, text } = sealRecord(this.nextRecord(promote));
    const outcome = await this.registry.publish({
      lease: this.lease,
      version: record.version,
      recordDigest: record.recordDigest,
      recordText: text,
      treeText: this.treeText,
      parent: record.parent,
      championRevision: this.championRevision,
      promote,
      reason: record.promotion.reason,
      actor: 'bench',
      at: record.createdAt,
      answer: null,
      keepVersions: KEEP_VERSIONS,
      keepFrom: 1,
    });
    if (outcome !== 'done') throw new Error(`a version of the bench was refused: ${outcome}`);
    this.parent = record;
    if (promote) this.championRevision++;
  }

  async close(): Promise<void> {
    await this.registry.close();
    await this.endUse();
  }

  /** A record that passes all checks; its facts about rows are invented. */
  private nextRecord(promoted: boolean): Omit<VersionRecord, 'format' | 'recordDigest'> {
    const { parent, tree } = this;
    const ref = parent === null ? null : { version: parent.version, recordDigest: parent.recordDigest };
    return {
      model: 'decisiontree',
      version: (parent?.version ?? 0) + 1,
      parent: ref,
      champion: ref,
      log: { kind: 'embedded', clusterId: 'bench', topic: 'rows' },
      lineage: [
        {
          partition: 0,
          start: '0',
          windowFrom: '0',
          batchFrom: '0',
          next: '0',
          messages: 0,
          accepted: 0,
          rejected: 0,
          skipped: 0,
          last: null,
        },
      ],
      schemaDigest: DIGEST,
      settings: {
        engine: 'exact/1',
        rows: 'rows/1',
        windowRows: 1,
        holdoutShare: 0,
        maxDepth: 64,
        minLeafRows: 1,
        promotion: 'immediate',
      },
      rows: { window: 0, fitted: 0, heldOut: 0, rejected: 0, digest: DIGEST },
      tree: {
        digest: treeDigest(this.treeText),
        nodes: nodeCount(tree),
        leaves: leafCount(tree),
        depth: depth(tree),
      },
      evaluation: {
        batch: null,
        prequential: HITS,
        holdout: { rows: 0, champion: null, candidate: 0, confusion: [] },
      },
      promotion: {
        promoted,
        reason: promoted ? 'immediate' : 'champion-better',
        onlyChampion: 0,
        onlyCandidate: 0,
      },
      createdAt: new Date().toISOString(),
      newestRowAt: null,
      trainer: { id: 'bench', epoch: this.lease.epoch, code: 'bench' },
    };
  }
}

import type { VersionSummary } from '../../../shared/api/events';
import type { VersionRecord } from '../../../shared/model-registry/version-record';

/** What a page tells of a version. */
export function versionSummary(record: VersionRecord): VersionSummary {
  const { rows, tree, evaluation, promotion } = record;
  const { batch, prequential, holdout } = evaluation;
  return {
    version: record.version,
    createdAt: record.createdAt,
    newestRowAt: record.newestRowAt,
    promoted: promotion.promoted,
    reason: promotion.reason,
    champion: record.champion?.version ?? null,
    isImported: record.imported !== undefined,
    rows: { window: rows.window, fitted: rows.fitted, heldOut: rows.heldOut, rejected: rows.rejected },
    batch,
    prequential,
    holdout: { rows: holdout.rows, candidate: holdout.candidate, champion: holdout.champion },
    tree: { digest: tree.digest, leaves: tree.leaves, depth: tree.depth },
    recordDigest: record.recordDigest,
    lineage: record.lineage.map(({ partition, windowFrom, batchFrom, next }) => {
      return { partition, windowFrom, batchFrom, next };
    }),
  };
}

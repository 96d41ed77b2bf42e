import type { VersionRecord } from '../../shared/model-registry/version-record';

/** A record with one changed field. */
export interface RecordChange {
  /** The place that a report has to name. */
  readonly named: string;
  readonly change: (record: VersionRecord) => Partial<VersionRecord>;
}

const OTHER_DIGEST = 'ab'.repeat(32);

function inLineage(
  named: string,
  change: (lineage: VersionRecord['lineage'][number]) => Partial<VersionRecord['lineage'][number]>,
): RecordChange {
  return {
    named: `lineage[0].${named}`,
    change: ({ lineage: [first, ...others] }) => ({ lineage: [{ ...first!, ...change(first!) }, ...others] }),
  };
}

function inEvaluation(
  named: string,
  change: (evaluation: VersionRecord['evaluation']) => Partial<VersionRecord['evaluation']>,
): RecordChange {
  return {
    named: `evaluation.${named}`,
    change: ({ evaluation }) => ({ evaluation: { ...evaluation, ...change(evaluation) } }),
  };
}

function moved(offset: string, by: number): string {
  return String(Number(offset) + by);
}

/** Changes that leave a record well-formed; the ledger of the third still adds up, of other messages. */
export const RECORD_CHANGES: readonly RecordChange[] = [
  inLineage('accepted', ({ accepted }) => ({ accepted: accepted + 1 })),
  inLineage('rejected', ({ rejected }) => ({ rejected: rejected + 1 })),
  inLineage('messages', ({ messages, skipped }) => ({ messages: messages - 1, skipped: skipped + 1 })),
  inLineage('windowFrom', ({ windowFrom }) => ({ windowFrom: moved(windowFrom, 1) })),
  inLineage('batchFrom', ({ batchFrom }) => ({ batchFrom: moved(batchFrom, 1) })),
  inLineage('last', ({ last }) => ({ last: { ...last!, sha256: OTHER_DIGEST } })),
  inLineage('last', ({ last }) => ({ last: { ...last!, timestampMs: last!.timestampMs + 1 } })),
  inLineage('last', ({ last }) => ({ last: { ...last!, offset: moved(last!.offset, -1) } })),
  { named: 'rows.window', change: ({ rows }) => ({ rows: { ...rows, window: rows.window + 1 } }) },
  { named: 'rows.fitted', change: ({ rows }) => ({ rows: { ...rows, fitted: rows.fitted - 1 } }) },
  { named: 'rows.heldOut', change: ({ rows }) => ({ rows: { ...rows, heldOut: rows.heldOut + 1 } }) },
  { named: 'rows.rejected', change: ({ rows }) => ({ rows: { ...rows, rejected: rows.rejected + 1 } }) },
  { named: 'rows.digest', change: ({ rows }) => ({ rows: { ...rows, digest: OTHER_DIGEST } }) },
  { named: 'tree.digest', change: ({ tree }) => ({ tree: { ...tree, digest: OTHER_DIGEST } }) },
  { named: 'tree.nodes', change: ({ tree }) => ({ tree: { ...tree, nodes: tree.nodes + 2 } }) },
  { named: 'tree.leaves', change: ({ tree }) => ({ tree: { ...tree, leaves: tree.leaves + 1 } }) },
  { named: 'tree.depth', change: ({ tree }) => ({ tree: { ...tree, depth: tree.depth + 1 } }) },
  inEvaluation('batch', ({ batch }) => ({ batch: { ...batch!, hits: batch!.hits - 1 } })),
  inEvaluation('prequential', ({ prequential }) => ({
    prequential: { ...prequential, hits: prequential.hits + 1 },
  })),
  inEvaluation('holdout.champion', ({ holdout }) => ({
    holdout: { ...holdout, champion: holdout.champion! - 1 },
  })),
  inEvaluation('holdout.candidate', ({ holdout }) => ({
    holdout: { ...holdout, candidate: holdout.candidate + 1 },
  })),
  inEvaluation('holdout.confusion', ({ holdout }) => ({
    holdout: { ...holdout, confusion: holdout.confusion.toReversed() },
  })),
  {
    named: 'promotion.onlyCandidate',
    change: ({ promotion }) => ({ promotion: { ...promotion, onlyCandidate: promotion.onlyCandidate + 1 } }),
  },
  {
    named: 'promotion.promoted',
    change: ({ promotion }) => ({
      promotion: { ...promotion, promoted: !promotion.promoted, reason: 'champion-better' },
    }),
  },
  {
    named: 'champion.recordDigest',
    change: ({ champion }) => ({ champion: { ...champion!, recordDigest: OTHER_DIGEST } }),
  },
  {
    named: 'parent.recordDigest',
    change: ({ parent }) => ({ parent: { ...parent!, recordDigest: OTHER_DIGEST } }),
  },
  { named: 'parent.version', change: ({ parent }) => ({ parent: { ...parent!, version: 1 } }) },
  { named: 'model', change: () => ({ model: 'another' }) },
  { named: 'log', change: ({ log }) => ({ log: { ...log, clusterId: 'another' } }) },
  { named: 'schemaDigest', change: () => ({ schemaDigest: OTHER_DIGEST }) },
  {
    named: 'settings.holdoutShare',
    change: ({ settings }) => ({ settings: { ...settings, holdoutShare: 0.25 } }),
  },
  {
    named: 'lineage[0].windowFrom',
    change: ({ settings }) => ({ settings: { ...settings, windowRows: settings.windowRows - 2 } }),
  },
  {
    named: 'tree.digest',
    change: ({ settings }) => ({ settings: { ...settings, maxDepth: 1 } }),
  },
  { named: 'newestRowAt', change: () => ({ newestRowAt: '2001-01-01T00:00:00.000Z' }) },
  { named: 'trainer.epoch', change: ({ trainer }) => ({ trainer: { ...trainer, epoch: 99 } }) },
];

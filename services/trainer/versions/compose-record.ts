import type { Engine } from '../../../shared/engine/engine';
import { engineLabel } from '../../../shared/engine/engines';
import { addHits, NO_HITS } from '../../../shared/evaluation/accuracy';
import type {
  Evaluation,
  PartitionLineage,
  PromotionVerdict,
  RecordSettings,
  VersionRecord,
} from '../../../shared/model-registry/version-record';
import { ROW_READER } from '../../../shared/row/message-reader';
import type { LogIdentity } from '../../../shared/row-log/row-log';
import type { Settings } from '../../../shared/settings/settings';
import { depth, leafCount, nodeCount, type Tree } from '../../../shared/tree/tree';
import type { Cut } from '../read/cut';

export interface RecordParts {
  readonly model: string;
  readonly log: LogIdentity;
  readonly schemaDigest: string;
  readonly settings: RecordSettings;
  readonly parent: VersionRecord | null;
  readonly champion: VersionRecord['champion'];
  readonly cut: Cut;
  readonly window: number;
  readonly fitted: number;
  readonly rowsDigest: string;
  readonly tree: Tree;
  readonly treeDigest: string;
  readonly batch: Evaluation['batch'];
  readonly holdout: Evaluation['holdout'];
  readonly promotion: PromotionVerdict;
  readonly createdAt: string;
  readonly trainer: VersionRecord['trainer'];
}

/** Puts a version's record together; nothing is decided here. */
export function composeRecord(parts: RecordParts): Omit<VersionRecord, 'format' | 'recordDigest'> {
  const { cut, parent, batch, tree } = parts;
  return {
    model: parts.model,
    version: (parent?.version ?? 0) + 1,
    parent: parent === null ? null : { version: parent.version, recordDigest: parent.recordDigest },
    champion: parts.champion,
    log: parts.log,
    lineage: cut.partitions.map(describeLineage),
    schemaDigest: parts.schemaDigest,
    settings: parts.settings,
    rows: {
      window: parts.window,
      fitted: parts.fitted,
      heldOut: parts.window - parts.fitted,
      rejected: cut.rejected,
      digest: parts.rowsDigest,
    },
    tree: { digest: parts.treeDigest, nodes: nodeCount(tree), leaves: leafCount(tree), depth: depth(tree) },
    evaluation: {
      batch,
      prequential: addHits(parent?.evaluation.prequential ?? NO_HITS, batch ?? NO_HITS),
      holdout: parts.holdout,
    },
    promotion: parts.promotion,
    createdAt: parts.createdAt,
    newestRowAt: newestRowAt(cut, parent),
    trainer: parts.trainer,
  };
}

export function recordSettings(settings: Settings, engine: Engine): RecordSettings {
  return {
    engine: engineLabel(engine),
    rows: `${ROW_READER.name}/${ROW_READER.behaviour}`,
    windowRows: settings.windowRows,
    holdoutShare: settings.holdoutShare,
    maxDepth: settings.maxDepth,
    minLeafRows: settings.minLeafRows,
    promotion: settings.promotion,
  };
}

function describeLineage({ intake, batchFrom, progress }: Cut['partitions'][number]): PartitionLineage {
  return {
    partition: intake.partition,
    start: String(progress.start),
    windowFrom: String(progress.windowFrom),
    batchFrom: String(batchFrom),
    next: String(progress.next),
    messages: progress.messages,
    accepted: progress.accepted,
    rejected: progress.rejected,
    skipped: progress.next - progress.start - progress.messages,
    last: progress.last,
  };
}

function newestRowAt(cut: Cut, parent: VersionRecord | null): string | null {
  const before = parent?.newestRowAt ?? null;
  const newestMs = Math.max(cut.newestRowMs, before === null ? -1 : Date.parse(before));
  return newestMs < 0 ? null : new Date(newestMs).toISOString();
}

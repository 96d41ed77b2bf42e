import { addHits, NO_HITS } from '../../../shared/evaluation/accuracy';
import type { Publication, VersionRef } from '../../../shared/model-registry/model-registry';
import {
  type Evaluation,
  type ImportedFrom,
  type PartitionLineage,
  type RecordSettings,
  sealRecord,
  type VersionRecord,
} from '../../../shared/model-registry/version-record';
import { ROW_READER } from '../../../shared/row/message-reader';
import type { Settings } from '../../../shared/settings/settings';
import { depth, leafCount, nodeCount, type Tree } from '../../../shared/tree/tree';
import { treeDigest } from '../../../shared/tree/tree-codec';
import type { Judgement } from '../refit/refit';

/** The fields that all versions of one trainer share. */
export type RecordConstants = Pick<VersionRecord, 'model' | 'log' | 'schemaDigest' | 'settings'>;

/** The fields that a version's own rows and tree decide. */
interface RecordParts {
  readonly parent: VersionRecord | null;
  readonly champion: VersionRecord | null;
  readonly lineage: readonly PartitionLineage[];
  readonly rows: VersionRecord['rows'];
  readonly newestRowAt: string | null;
  readonly tree: Tree;
  readonly treeText: string;
  readonly batch: Evaluation['batch'];
  readonly judgement: Judgement;
  readonly createdAt: string;
  readonly trainer: VersionRecord['trainer'];
  /** For a tree that was made elsewhere. */
  readonly imported?: ImportedFrom;
}

/** A record with everything that a publication takes from it. */
export type ComposedVersion = { readonly record: VersionRecord } & Omit<
  Publication,
  'lease' | 'championRevision' | 'answer' | 'keepVersions' | 'keepFrom'
>;

/** Composes and seals the record of the version behind `parent`. Nothing is decided here. */
export function composeVersion(constants: RecordConstants, parts: RecordParts): ComposedVersion {
  const { parent, tree, treeText, batch, judgement, createdAt, trainer, imported } = parts;
  const { record, text } = sealRecord({
    ...constants,
    version: (parent?.version ?? 0) + 1,
    parent: versionRef(parent),
    champion: versionRef(parts.champion),
    lineage: [...parts.lineage],
    rows: parts.rows,
    tree: {
      digest: treeDigest(treeText),
      nodes: nodeCount(tree),
      leaves: leafCount(tree),
      depth: depth(tree),
    },
    evaluation: {
      batch,
      prequential: addHits(parent?.evaluation.prequential ?? NO_HITS, batch ?? NO_HITS),
      holdout: judgement.holdout,
    },
    promotion: judgement.promotion,
    ...(imported === undefined ? {} : { imported }),
    createdAt,
    newestRowAt: parts.newestRowAt,
    trainer,
  });
  return {
    record,
    version: record.version,
    recordDigest: record.recordDigest,
    recordText: text,
    treeText,
    parent: record.parent,
    promote: record.promotion.promoted,
    reason: record.promotion.reason,
    actor: `trainer ${trainer.id}`,
    at: createdAt,
  };
}

/** The settings that a record names. `engine` is a label with a behaviour number, as `exact/1`. */
export function recordSettings(
  settings: Pick<Settings, 'windowRows' | 'holdoutShare' | 'maxDepth' | 'minLeafRows'>,
  engine: string,
  promotion: RecordSettings['promotion'],
): RecordSettings {
  const { windowRows, holdoutShare, maxDepth, minLeafRows } = settings;
  const rows = `${ROW_READER.name}/${ROW_READER.behaviour}`;
  return { engine, rows, windowRows, holdoutShare, maxDepth, minLeafRows, promotion };
}

function versionRef(record: VersionRecord | null): VersionRef | null {
  return record === null ? null : { version: record.version, recordDigest: record.recordDigest };
}

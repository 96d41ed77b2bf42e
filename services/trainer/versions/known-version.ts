import { AlderError } from '../../../shared/errors';
import type { ModelRegistry } from '../../../shared/model-registry/model-registry';
import { decodeVersionRecord, type VersionRecord } from '../../../shared/model-registry/version-record';
import type { Tree } from '../../../shared/tree/tree';
import { decodeTree, treeDigest } from '../../../shared/tree/tree-codec';

/** A version with its tree decoded. */
export interface KnownVersion {
  readonly record: VersionRecord;
  readonly tree: Tree;
}

/** Loads and checks one version. Throws `record-invalid`, `tree-invalid`, `digest-mismatch`; null: not stored. */
export async function loadKnownVersion(
  registry: ModelRegistry,
  version: number,
): Promise<KnownVersion | null> {
  const [recordText, treeText] = await Promise.all([
    registry.loadRecord(version),
    registry.loadTree(version),
  ]);
  if (recordText === null || treeText === null) return null;
  const record = decodeVersionRecord(recordText);
  if (treeDigest(treeText) !== record.tree.digest) {
    throw new AlderError(
      'digest-mismatch',
      `version ${version}: the stored tree is not the record's ${record.tree.digest}`,
    );
  }
  return { record, tree: decodeTree(treeText) };
}

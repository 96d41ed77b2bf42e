import { ENGINE_NAMES } from '../../../shared/engine/engine';
import { engineByName, engineLabel } from '../../../shared/engine/engines';
import type { TrainingSet } from '../../../shared/engine/training-set';
import type { VersionRecord } from '../../../shared/model-registry/version-record';
import { depth, leafCount, nodeCount, type Tree } from '../../../shared/tree/tree';
import { encodeTree } from '../../../shared/tree/tree-codec';
import type { Findings } from './findings';
import { textDigest } from './known-versions';

/** Fits the window's rows again with the record's engine and compares the tree digest; null when no tree can be fitted. */
export function fitAgain(findings: Findings, record: VersionRecord, rows: TrainingSet): Tree | null {
  if (record.imported !== undefined) {
    findings.skip('tree', 'the version was imported from a file, so there are no rows to fit it on');
    return null;
  }
  const { engine: label, maxDepth, minLeafRows } = record.settings;
  const name = ENGINE_NAMES.find((each) => label.startsWith(`${each}/`));
  const engine = name === undefined ? undefined : engineByName(name);
  if (engine === undefined || engineLabel(engine) !== label) {
    findings.skip('tree', `this code does not have the engine ${label}`);
    return null;
  }
  if (rows.rowCount === 0) {
    findings.differ('tree', 'a tree', 'the window has no row to fit on');
    return null;
  }
  try {
    const tree = engine.fit(rows, { maxDepth, minLeafRows });
    findings.compare('tree.digest', record.tree.digest, textDigest(encodeTree(tree)));
    return tree;
  } catch (error) {
    findings.differ('tree', 'a tree', error instanceof Error ? error.message : String(error));
    return null;
  }
}

/** Compares the stored tree with the digest and the sizes in its record. */
export function checkStoredTree(
  findings: Findings,
  record: VersionRecord,
  text: string | null,
  sound: Tree | null,
): void {
  if (text === null) {
    findings.differ('stored tree', record.tree.digest, 'there is none');
    return;
  }
  if (!findings.compare('stored tree', record.tree.digest, textDigest(text))) return;
  if (sound === null) {
    findings.differ('stored tree', "a sound tree of the schema's features and classes", 'another');
    return;
  }
  findings.compare('tree.nodes', record.tree.nodes, nodeCount(sound));
  findings.compare('tree.leaves', record.tree.leaves, leafCount(sound));
  findings.compare('tree.depth', record.tree.depth, depth(sound));
}

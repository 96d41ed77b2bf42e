import { createHash } from 'node:crypto';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import type { Settings } from '../../shared/settings/settings';
import type { Tree } from '../../shared/tree/tree';
import { digestOf } from './plain-evaluation';
import type { PlainRow } from './plain-log';
import { depthOf, leavesOf } from './plain-tree';

export interface PlainFit {
  /** Name and behaviour number: `exact/1`. */
  readonly engine: string;
  readonly settings: Settings;
  /** All rows of the window, oldest first; `fitted` and `heldOut` partition them. */
  readonly window: readonly PlainRow[];
  readonly fitted: readonly PlainRow[];
  readonly heldOut: readonly PlainRow[];
  readonly batchMessages: readonly { readonly rejected: number }[];
  readonly tree: Tree;
  readonly treeText: string;
}

/** The fields of a record that describe a fit: settings, rows and tree. */
export function factsOf(fit: PlainFit): Pick<VersionRecord, 'settings' | 'rows' | 'tree'> {
  const { engine, settings, window, fitted, heldOut, batchMessages, tree, treeText } = fit;
  return {
    settings: {
      engine,
      rows: 'rows/1',
      windowRows: settings.windowRows,
      holdoutShare: settings.holdoutShare,
      maxDepth: settings.maxDepth,
      minLeafRows: settings.minLeafRows,
      promotion: settings.promotion,
    },
    rows: {
      window: window.length,
      fitted: fitted.length,
      heldOut: heldOut.length,
      rejected: batchMessages.reduce((sum, { rejected }) => sum + rejected, 0),
      digest: digestOf(window),
    },
    tree: {
      digest: createHash('sha256').update(treeText).digest('hex'),
      nodes: tree.feature.length,
      leaves: leavesOf(tree, 0),
      depth: depthOf(tree, 0),
    },
  };
}

import type { Tree } from '../../../shared/tree/tree';
import { decodeTree } from '../../../shared/tree/tree-codec';
import { batchSpans, type Cut, windowSpans } from '../read/cut';
import type { TrainerContext } from '../term/trainer-context';
import { type WindowTable, windowTable } from '../window/gather-rows';
import { rowsDigest } from '../window/rows-digest';
import { countHits } from './evaluate';

/** What the rows of a cut alone decide: nothing of it depends on the champion, the lease or the time. */
export interface FittedCut {
  readonly cut: Cut;
  /** The window's rows where they lie. They stay there until the next cut is committed. */
  readonly rows: WindowTable;
  /** Hex sha256. */
  readonly rowsDigest: string;
  readonly treeText: string;
  readonly tree: Tree;
  /** Test, then train: what the tree before this one knew of the new rows; null for the first version. */
  readonly batch: { readonly rows: number; readonly hits: number } | null;
}

/** Scores the new rows with the tree of the version before, and fits a tree on the window. Throws `fit-failed`. */
export async function fitCut(
  { schema, settings, fitter }: Pick<TrainerContext, 'schema' | 'settings' | 'fitter'>,
  cut: Cut,
  parent: Tree | null,
): Promise<FittedCut> {
  const spans = windowSpans(cut);
  const featureNames = schema.features.map((feature) => feature.name);
  const rows = windowTable(spans, featureNames, schema.label.classes);
  const fitting = fitter.fit(rows, { maxDepth: settings.maxDepth, minLeafRows: settings.minLeafRows });
  // The fit has a thread to itself and the rows stay where they are, so what else a record needs is worked out meanwhile.
  // The score is that of the version which was newest when the rows came, which knows nothing of what is being fitted.
  const batch = parent === null ? null : { rows: cut.accepted, hits: countHits(parent, batchSpans(cut)) };
  const digest = rowsDigest(spans);
  const treeText = await fitting;
  return { cut, rows, rowsDigest: digest, treeText, tree: decodeTree(treeText), batch };
}

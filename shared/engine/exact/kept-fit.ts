import type { Tree } from '../../tree/tree';
import type { FitLimits, TrainingSet } from '../training-set';
import { codeColumns } from './column-codes';
import { fitExact } from './fit-exact';
import { KeptRows, type RowOrigins, type WindowMove } from './kept-rows';
import { ascending } from './split-node-rows';
import { TopFit } from './top-fit';
import { type FitTuning, tuningFor } from './tuning';

/** Above this many rows what is kept would weigh too much beside the window. */
const KEPT_ROWS_MAX = 262_144;
/** Share of the rows that may have come since the buckets were made; then new ones suit the rows better. */
const ADDED_SHARE_MAX = 0.5;

interface Kept {
  readonly rows: KeptRows;
  readonly top: TopFit;
  readonly limits: FitLimits;
  /** Rows that came since the buckets were made. */
  addedRows: number;
}

/**
 * Fits one window after another, each the one before without some rows and with others. It keeps the rows, their codes
 * and the top of the last tree with its histograms, so that a fit costs the rows that came and went, a search in each
 * node of the top, and the small subtrees below. What is kept steers how fast a fit is and never what comes out.
 */
export class KeptFit {
  private kept: Kept | null = null;

  /** The tree of `fitExact`; keeps what the next `move` needs, unless the table is too small or too large for it. */
  fit(rows: TrainingSet, origins: RowOrigins, limits: FitLimits, tuning = tuningFor(rows)): Tree {
    this.kept = null;
    const { rowCount } = rows;
    if (rowCount <= tuning.localRowsMax || rowCount > KEPT_ROWS_MAX) return fitExact(rows, limits, tuning);
    const kept = keep(rows, origins, limits, tuning);
    const tree = kept.top.fit();
    this.kept = kept;
    return tree;
  }

  /**
   * The tree of `fitExact` on the rows of the last fit after a move. Null where it cannot be had of what is kept: then
   * nothing is kept any more, and all rows are to be given to `fit`.
   */
  move(move: WindowMove, limits: FitLimits): Tree | null {
    const { kept } = this;
    this.kept = null;
    if (kept === null || !isSame(kept, move.added, limits)) return null;
    const { rows, top } = kept;
    top.remove(rows.drop(move.keptFrom));
    const slots = rows.add(move);
    if (slots === null) return null;
    top.add(slots);
    kept.addedRows += move.added.rowCount;
    if (rows.rowCount === 0 || kept.addedRows > rows.rowCount * ADDED_SHARE_MAX) return null;
    const tree = top.fit();
    this.kept = kept;
    return tree;
  }

  /** Frees what is kept. */
  forget(): void {
    this.kept = null;
  }
}

function keep(rows: TrainingSet, origins: RowOrigins, limits: FitLimits, tuning: FitTuning): Kept {
  const keptRows = new KeptRows(rows, origins, codeColumns(rows, tuning.bucketsMax));
  const top = new TopFit(keptRows, limits, tuning);
  top.add(ascending(rows.rowCount));
  return { rows: keptRows, top, limits, addedRows: 0 };
}

function isSame({ rows, limits }: Kept, added: TrainingSet, newLimits: FitLimits): boolean {
  return (
    limits.maxDepth === newLimits.maxDepth &&
    limits.minLeafRows === newLimits.minLeafRows &&
    areEqual(rows.table.featureNames, added.featureNames) &&
    areEqual(rows.table.classNames, added.classNames)
  );
}

function areEqual(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}

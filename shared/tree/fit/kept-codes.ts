import type { TrainingSet } from '../training-set';
import { type CodedColumn, codeColumns, codeMovedColumn } from './column-codes';

/** Above this many rows the kept table would weigh more than coding a window anew. */
const KEPT_ROWS_MAX = 262_144;
/** Share of the rows that may have changed since the buckets were made; then new ones suit the rows better. */
const MOVED_SHARE_MAX = 0.5;

interface Kept {
  readonly rows: TrainingSet;
  readonly columns: readonly CodedColumn[];
  /** Rows that came since the buckets were made. */
  readonly moved: number;
}

/**
 * Codes the columns of one window after another. A window that is the last one moved on, its first rows gone and some
 * new ones behind, keeps the codes of the rows in between; that it is one is found by comparing the values, so a window
 * of whatever else is coded anew. Codes steer how fast a fit is and never what comes out.
 */
export class KeptCodes {
  private kept: Kept | null = null;

  /** One coded column a feature. Keeps `rows` until the next call: they must not change. */
  code(rows: TrainingSet, bucketsMax: number): readonly CodedColumn[] {
    const coded = this.codeMoved(rows) ?? {
      rows,
      columns: codeColumns(rows, bucketsMax),
      moved: 0,
    };
    this.kept = rows.rowCount <= KEPT_ROWS_MAX ? coded : null;
    return coded.columns;
  }

  private codeMoved(rows: TrainingSet): Kept | null {
    if (this.kept === null || rows.columns.length !== this.kept.columns.length) return null;
    const dropped = droppedRows(this.kept.rows, rows);
    if (dropped === null) return null;
    const moved = this.kept.moved + rows.rowCount - (this.kept.rows.rowCount - dropped);
    if (moved > rows.rowCount * MOVED_SHARE_MAX) return null;
    const columns: CodedColumn[] = [];
    for (const [feature, before] of this.kept.columns.entries()) {
      const column = codeMovedColumn(before, rows, feature, dropped);
      if (column === null) return null;
      columns.push(column);
    }
    return { rows, columns, moved };
  }
}

/** How many rows of `before` come before those that `after` begins with; null where it does not go on with the rest. */
function droppedRows(before: TrainingSet, after: TrainingSet): number | null {
  if (before.classNames.length !== after.classNames.length) return null;
  // Rows that repeat make false starts; a window that takes this many looks is coded anew in less time.
  let looks = 2 * after.rowCount;
  for (let dropped = 0; dropped < before.rowCount; dropped++) {
    const kept = before.rowCount - dropped;
    const equal = kept > after.rowCount ? 0 : equalRows(before, after, dropped, kept);
    if (equal === kept) return dropped;
    looks -= equal + 1;
    if (looks < 0) return null;
  }
  return null;
}

/** How many rows of `before` from `dropped` on are those that `after` begins with, at most `kept`. */
function equalRows(before: TrainingSet, after: TrainingSet, dropped: number, kept: number): number {
  const features = before.columns.length;
  for (let row = 0; row < kept; row++) {
    if (before.classes[dropped + row] !== after.classes[row]) return row;
    for (let feature = 0; feature < features; feature++) {
      if (before.columns[feature]![dropped + row] !== after.columns[feature]![row]) return row;
    }
  }
  return kept;
}

import { KeptFit } from '../../../shared/engine/exact/kept-fit';
import type { RowOrigins, WindowMove } from '../../../shared/engine/exact/kept-rows';
import type { FitLimits, TrainingSet } from '../../../shared/engine/training-set';
import type { Tree } from '../../../shared/tree/tree';
import type { RowPiece } from '../window/chunked-rows';
import { gatherFitted, type WindowTable } from '../window/gather-rows';

/** The rows [from, end) of a store that the last window had. */
interface KnownRows {
  readonly source: number;
  readonly from: number;
  readonly end: number;
}

/**
 * Fits one window after another. Which rows it has already it knows by their store and their number in it, so of a window
 * that has moved on it copies the new rows only. Any other window is copied and fitted as a whole.
 */
export class KeptWindow {
  private readonly kept = new KeptFit();
  /** By the number of the store. */
  private known: ReadonlyMap<number, KnownRows> = new Map();

  /** The tree of `fitExact` on the window's fitted rows. */
  fit(window: WindowTable, limits: FitLimits): Tree {
    const before = this.known;
    this.known = knownAfter(before, window);
    if (before.size > 0 && isBehind(before, this.known)) {
      const moved = this.kept.move(moveTo(window, before, this.known), limits);
      if (moved !== null) return moved;
    }
    this.known = knownAfter(new Map(), window);
    const { rows, origins } = gather(window, window.pieces, this.known);
    return this.kept.fit(rows, origins, limits);
  }

  /** Frees what is kept. */
  forget(): void {
    this.kept.forget();
    this.known = new Map();
  }
}

/** What is known once the window's rows are. Of a store without rows in it only those behind the last may follow. */
function knownAfter(
  before: ReadonlyMap<number, KnownRows>,
  { pieces }: WindowTable,
): ReadonlyMap<number, KnownRows> {
  const known = new Map<number, KnownRows>();
  for (const [store, { source, end }] of before) known.set(store, { source, from: end, end });
  const seen = new Set<number>();
  for (const { store, firstRow, from, end } of pieces) {
    const last = firstRow + end - from;
    const { source, from: begun } = known.get(store) ?? { source: known.size, from: 0 };
    known.set(store, { source, from: seen.has(store) ? begun : firstRow, end: last });
    seen.add(store);
  }
  return known;
}

/** False where a store went back: rows that were gone are there again, or others are in their place. */
function isBehind(before: ReadonlyMap<number, KnownRows>, after: ReadonlyMap<number, KnownRows>): boolean {
  return [...before].every(([store, { from, end }]) => {
    const now = after.get(store)!;
    return now.from >= from && now.end >= end;
  });
}

function moveTo(
  window: WindowTable,
  before: ReadonlyMap<number, KnownRows>,
  after: ReadonlyMap<number, KnownRows>,
): WindowMove {
  const added = window.pieces.flatMap((piece) => {
    const { firstRow, from, end } = piece;
    const skipped = Math.max(0, (before.get(piece.store)?.end ?? 0) - firstRow);
    return skipped >= end - from ? [] : [{ ...piece, firstRow: firstRow + skipped, from: from + skipped }];
  });
  const { rows, origins } = gather(window, added, after);
  // In the order in which stores became known, which is the order of their sources.
  return { keptFrom: [...after.values()].map(({ from }) => from), added: rows, origins };
}

/** Copies the fitted rows of some pieces out. */
function gather(
  window: WindowTable,
  pieces: readonly RowPiece[],
  known: ReadonlyMap<number, KnownRows>,
): { readonly rows: TrainingSet; readonly origins: RowOrigins } {
  const rowsMax = pieces.reduce((count, { from, end }) => count + end - from, 0);
  const sources = new Uint32Array(rowsMax);
  const sequences = new Float64Array(rowsMax);
  let fittedRows = 0;
  for (const { store, firstRow, heldOut, from, end } of pieces) {
    const { source } = known.get(store)!;
    for (let i = from; i < end; i++) {
      if (heldOut[i] === 1) continue;
      sources[fittedRows] = source;
      sequences[fittedRows++] = firstRow + i - from;
    }
  }
  const rows = gatherFitted({ ...window, pieces, fittedRows });
  return { rows, origins: { sources, sequences } };
}

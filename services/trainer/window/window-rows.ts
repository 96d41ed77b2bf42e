import type { TrainingSet } from '../../../shared/engine/training-set';
import { gatherFitted, gatherHeldOut, type ScoringSet, type WindowTable } from './gather-rows';
import type { PartitionRows } from './partition-rows';

/** Rows [from, end) of one partition's store. */
export interface RowSpan {
  readonly store: PartitionRows;
  readonly from: number;
  readonly end: number;
}

/** A window split by the holdout, in (partition, offset, line) order, whatever the order in which rows arrived. */
export interface WindowRows {
  readonly window: number;
  readonly fitted: TrainingSet;
  readonly heldOut: ScoringSet;
}

export function countRows(spans: readonly RowSpan[]): number {
  return spans.reduce((rows, span) => rows + span.end - span.from, 0);
}

export function countFitted(spans: readonly RowSpan[]): number {
  let fitted = 0;
  for (const { store, from, end } of spans) {
    store.rows.visit(from, end, ({ heldOut }, chunkFrom, chunkEnd) => {
      for (let i = chunkFrom; i < chunkEnd; i++) fitted += 1 - heldOut[i]!;
    });
  }
  return fitted;
}

/** The spans' rows where they lie. They may be read until a store drops them; stores may grow meanwhile. */
export function windowTable(
  spans: readonly RowSpan[],
  featureNames: readonly string[],
  classNames: readonly string[],
): WindowTable {
  const fittedRows = countFitted(spans);
  return {
    pieces: spans.flatMap(({ store, from, end }) => store.rows.pieces(from, end)),
    fittedRows,
    heldOutRows: countRows(spans) - fittedRows,
    featureNames,
    classNames,
  };
}

/** Copies the spans' rows out. */
export function gatherWindow(
  spans: readonly RowSpan[],
  featureNames: readonly string[],
  classNames: readonly string[],
): WindowRows {
  const table = windowTable(spans, featureNames, classNames);
  return { window: countRows(spans), fitted: gatherFitted(table), heldOut: gatherHeldOut(table) };
}

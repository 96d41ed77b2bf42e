import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fitExact } from '../../shared/engine/exact/fit-exact';
import { mlCartEngine } from '../../shared/engine/ml-cart/ml-cart';
import type { FitLimits, TrainingSet } from '../../shared/engine/training-set';

import type { Contender, Figure, Missing, RatioFigure, SuiteOptions, Yardstick } from '../harness/figure';
import { PeerTables } from '../harness/peer-tables';
import {
  heavyTail,
  irisLike,
  once,
  randomLabels,
  wide,
  withOutliers,
  withSortedColumn,
} from '../harness/tables';
import { plainPresortedCart } from '../yardsticks/presorted-cart';
import { histogramFigures } from './fit-histogram';
import { sameTree } from './fit-same-tree';
import { threadFigures } from './fit-threads';

const FULL: FitLimits = { maxDepth: 64, minLeafRows: 1 };
const DEPTH_8: FitLimits = { maxDepth: 8, minLeafRows: 1 };
const SEED = 1;

/** The time of fitting a tree, against other libraries that do the same. */
export async function* fitSuite(options: SuiteOptions): AsyncIterable<Figure> {
  const peers = new PeerTables(options.tell);
  try {
    yield* fullDepth(options, peers);
    yield* wideRows(options, peers);
    yield* hardTables(options);
    yield* smallWindows(options, peers);
    yield firstFit(options);
    yield* threadFigures(options);
    yield* histogramFigures(options, peers);
    yield againstMlCart(options);
  } finally {
    peers.close();
  }
}

function* fullDepth({ rounds, isQuick }: SuiteOptions, peers: PeerTables): Iterable<Figure> {
  const rowCount = isQuick ? 100_000 : 1_000_000;
  const continuous = once(() => irisLike(rowCount, SEED, null));
  const oneDecimal = once(() => irisLike(rowCount, SEED, 1));
  const sklearn = (table: () => TrainingSet, name: string, target: number) =>
    peers.fit({ peer: 'sklearn', name, table, target, options: {} });
  const conditions = `${rowsText(rowCount)} × 4 continuous, seed ${SEED}`;
  yield ratio(rounds, 'fit, full depth', conditions, continuous, FULL, [
    sklearn(continuous, 'continuous', 15),
  ]);
  yield sameTree({ name: 'continuous', conditions, table: continuous }, FULL, peers);
  yield ratio(
    rounds,
    'fit, full depth',
    `${rowsText(rowCount)} × 4 of one decimal, seed ${SEED}`,
    oneDecimal,
    FULL,
    [
      sklearn(oneDecimal, 'one-decimal', 8),
      peers.fit({ peer: 'lightgbm', name: 'one-decimal', table: oneDecimal, target: 1.5, options: {} }),
    ],
  );
}

function* wideRows({ rounds, isQuick }: SuiteOptions, peers: PeerTables): Iterable<Figure> {
  const rowCount = isQuick ? 30_000 : 300_000;
  const table = once(() => wide(rowCount, 30, SEED));
  const conditions = `${rowsText(rowCount)} × 30 continuous, seed ${SEED}`;
  yield ratio(rounds, 'fit, depth 8', conditions, table, DEPTH_8, [
    peers.fit({ peer: 'sklearn', name: 'wide', table, target: 15, options: { maxDepth: 8 } }),
  ]);
  yield sameTree({ name: 'wide', conditions: `${conditions}, depth 8`, table }, DEPTH_8, peers);
}

/** Tables on which some shortcut of the exact engine does not help. */
function* hardTables({ rounds, isQuick }: SuiteOptions): Iterable<Figure> {
  const rowCount = isQuick ? 20_000 : 200_000;
  const kinds = {
    'random labels': randomLabels,
    'a heavy tail': heavyTail,
    'outliers of 1e300': withOutliers,
    'a sorted column': withSortedColumn,
  };
  for (const [kind, make] of Object.entries(kinds)) {
    const table = once(() => make(rowCount, SEED));
    const plain: Yardstick = {
      name: 'plain presorted CART',
      target: 1,
      run: () => msOf(() => plainPresortedCart(table(), FULL)),
    };
    yield ratio(
      rounds,
      'fit, full depth',
      `${rowsText(rowCount)} × 4 with ${kind}, seed ${SEED}`,
      table,
      FULL,
      [plain],
    );
  }
}

function* smallWindows({ rounds }: SuiteOptions, peers: PeerTables): Iterable<Figure> {
  for (const [rowCount, repeat, target] of [
    [150, 400, 25],
    [1_000, 100, 8],
  ] as const) {
    const table = once(() => irisLike(rowCount, SEED, 1));
    const sklearn = peers.fit({
      peer: 'sklearn',
      name: `small-${rowCount}`,
      table,
      target,
      options: { repeat: Math.ceil(repeat / 10) },
    });
    const ours: Contender = {
      name: 'exact',
      run: () => msOf(() => repeated(repeat, () => fitExact(table(), FULL))) / repeat,
    };
    yield figure(rounds, 'fit, warm', `${rowsText(rowCount)} × 4 of one decimal, seed ${SEED}`, ours, [
      sklearn,
    ]);
  }
}

function firstFit({ rounds }: SuiteOptions): Figure {
  const { columns, classes } = irisLike(150, SEED, 1);
  const table = JSON.stringify({ columns: columns.map((column) => [...column]), classes: [...classes] });
  const script = join(__dirname, '..', 'yardsticks', 'first-fit.js');
  return {
    kind: 'bound',
    name: 'fit, the first of a process',
    conditions: `150 × 4 of one decimal, seed ${SEED}`,
    unit: 'ms',
    rounds: Math.max(rounds, 9),
    ours: {
      name: 'exact',
      run: () => Number(execFileSync(process.execPath, [script, table], { encoding: 'utf8' })),
    },
    atMost: 5,
  };
}

function againstMlCart({ rounds, isQuick }: SuiteOptions): Figure {
  const rowCount = isQuick ? 1_000 : 10_000;
  const table = once(() => irisLike(rowCount, SEED, null));
  const mlCart: Yardstick = {
    name: 'ml-cart',
    target: 1_000,
    run: () => msOf(() => mlCartEngine.fit(table(), DEPTH_8)),
  };
  return ratio(
    Math.min(rounds, 2),
    'fit, depth 8',
    `${rowsText(rowCount)} × 4 continuous, seed ${SEED}`,
    table,
    DEPTH_8,
    [mlCart],
  );
}

function ratio(
  rounds: number,
  name: string,
  conditions: string,
  table: () => TrainingSet,
  limits: FitLimits,
  yardsticks: readonly (Yardstick | Missing)[],
): RatioFigure {
  const ours: Contender = { name: 'exact', run: () => msOf(() => fitExact(table(), limits)) };
  return figure(rounds, name, conditions, ours, yardsticks);
}

function figure(
  rounds: number,
  name: string,
  conditions: string,
  ours: Contender,
  yardsticks: readonly (Yardstick | Missing)[],
): RatioFigure {
  return { kind: 'ratio', name, conditions, unit: 'ms', isLowerBetter: true, rounds, ours, yardsticks };
}

function msOf(work: () => unknown): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

function repeated(times: number, work: () => void): void {
  for (let i = 0; i < times; i++) work();
}

function rowsText(rows: number): string {
  return rows.toLocaleString('en-US');
}

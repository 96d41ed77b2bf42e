import { fitExact } from '../../shared/engine/exact/fit-exact';
import { fitHistogram } from '../../shared/engine/histogram/fit-histogram';
import type { FitLimits, TrainingSet } from '../../shared/engine/training-set';
import type { Figure, SuiteOptions } from '../harness/figure';
import type { PeerTables } from '../harness/peer-tables';
import { once, wide } from '../harness/tables';
import { hitsOf } from '../yardsticks/same-tree';

const FULL: FitLimits = { maxDepth: 64, minLeafRows: 1 };
const LEAVES = 255;
const FEATURES = 30;
const SEED = 1;

/** The histogram engine against LightGBM's one tree; what it costs in accuracy stands in the conditions. */
export async function* histogramFigures(
  { rounds, isQuick, tell }: SuiteOptions,
  peers: PeerTables,
): AsyncIterable<Figure> {
  const rowCount = isQuick ? 30_000 : 300_000;
  const table = once(() => wide(rowCount, FEATURES, SEED));
  tell('fit, 255 bins and leaves: the accuracy of the three trees');
  const accuracies = await accuraciesOf(table, peers);
  yield {
    kind: 'ratio',
    name: 'fit, 255 bins and leaves',
    conditions: `${rowCount.toLocaleString('en-US')} × ${FEATURES} continuous, seed ${SEED}; right on its own rows: ${accuracies}`,
    unit: 'ms',
    isLowerBetter: true,
    rounds,
    ours: { name: 'histogram', run: () => msOf(() => fitHistogram(table(), FULL)) },
    yardsticks: [
      peers.fit({ peer: 'lightgbm', name: 'wide', table, target: 2.2, options: { maxLeaves: LEAVES } }),
      { name: 'exact, full depth', target: 1, run: () => msOf(() => fitExact(table(), FULL)) },
    ],
  };
}

/** Shares of the rows that each tree of 255 leaves gets right, in words. */
async function accuraciesOf(table: () => TrainingSet, peers: PeerTables): Promise<string> {
  const rows = table();
  const share = (hits: number) => `${((100 * hits) / rows.rowCount).toFixed(2)} %`;
  const ours = `histogram ${share(hitsOf(fitHistogram(rows, FULL), rows))}`;
  const missing = peers.missing();
  if (missing !== null) return `${ours}, peers missing (${missing})`;
  const hits = async (peer: 'sklearn' | 'lightgbm') => {
    const options = { maxLeaves: LEAVES, score: true };
    return (await peers.ask<{ hits: number }>({ peer, name: 'wide', table }, options)).hits;
  };
  const sklearn = share(await hits('sklearn'));
  return `${ours}, scikit-learn of ${LEAVES} leaves ${sklearn}, LightGBM ${share(await hits('lightgbm'))}`;
}

function msOf(work: () => unknown): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

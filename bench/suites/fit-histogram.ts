import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fitExact } from '../../shared/tree/exact-engine';
import { fitHistogram } from '../../shared/tree/histogram/histogram-engine';
import type { FitLimits, TrainingSet } from '../../shared/tree/training-set';
import { isLeaf, majorityClass, type Tree } from '../../shared/tree/tree';
import type { Figure, SuiteOptions } from '../harness/figure';
import type { PeerTables } from '../harness/peer-tables';
import { PythonPeer, pythonWithPeers } from '../harness/python';
import { once, wide } from '../harness/tables';

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
  const accuracies = await accuraciesOf(table(), tell);
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
async function accuraciesOf(rows: TrainingSet, tell: (text: string) => void): Promise<string> {
  const share = (hits: number) => `${((100 * hits) / rows.rowCount).toFixed(2)} %`;
  const ours = `histogram ${share(hitsOf(fitHistogram(rows, FULL), rows))}`;
  const found = pythonWithPeers(tell);
  if ('missing' in found) return `${ours}, peers missing (${found.missing})`;
  const folder = mkdtempSync(join(tmpdir(), 'alder-bench-'));
  const peer = new PythonPeer(found.python, 'trees.py');
  try {
    for (const [i, column] of rows.columns.entries()) writeFileSync(join(folder, `scored.${i}.f64`), column);
    writeFileSync(join(folder, 'scored.classes.u32'), rows.classes);
    await peer.ask({ load: 'scored', folder, columns: rows.columns.length });
    const hits = async (fit: 'sklearn' | 'lightgbm') => {
      return (await peer.ask<{ hits: number }>({ fit, on: 'scored', maxLeaves: LEAVES, score: true })).hits;
    };
    const sklearn = share(await hits('sklearn'));
    return `${ours}, scikit-learn of ${LEAVES} leaves ${sklearn}, LightGBM ${share(await hits('lightgbm'))}`;
  } finally {
    peer.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function hitsOf(tree: Tree, rows: TrainingSet): number {
  const classOf = Uint32Array.from(tree.feature, (_, node) => majorityClass(tree, node));
  let hits = 0;
  for (let row = 0; row < rows.rowCount; row++) {
    let node = 0;
    while (!isLeaf(tree, node)) {
      const goesLeft = rows.columns[tree.feature[node]!]![row]! <= tree.threshold[node]!;
      node = goesLeft ? tree.left[node]! : tree.right[node]!;
    }
    if (classOf[node] === rows.classes[row]) hits++;
  }
  return hits;
}

function msOf(work: () => unknown): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

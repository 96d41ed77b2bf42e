import { fitExact } from '../../shared/engine/exact/fit-exact';
import { KeptFit } from '../../shared/engine/exact/kept-fit';
import type { RowOrigins } from '../../shared/engine/exact/kept-rows';
import type { FitLimits, TrainingSet } from '../../shared/engine/training-set';
import { encodeTree, treeDigest } from '../../shared/tree/tree-codec';
import type { Figure, SuiteOptions } from '../harness/figure';
import type { PeerTables } from '../harness/peer-tables';
import { irisLike, once } from '../harness/tables';

const FULL: FitLimits = { maxDepth: 64, minLeafRows: 1 };
const SEED = 1;
const BATCH_ROWS = 1_000;

/** The refit of a window after a mini-batch, as a trainer does it; every digest is checked against a fresh fit. */
export function* slidingFigures({ rounds, isQuick }: SuiteOptions, peers: PeerTables): Iterable<Figure> {
  const windowRows = isQuick ? 10_000 : 100_000;
  // Several refits a round: one takes some tens of milliseconds, and this machine's speed wavers at that scale.
  const refits = 10;
  for (const [kind, decimals] of [
    ['continuous', null],
    ['of one decimal', 1],
  ] as const) {
    const stream = once(() => irisLike(windowRows + (rounds + 1) * refits * BATCH_ROWS, SEED, decimals));
    const kept = new KeptFit();
    const turn = { ours: 0, fresh: 0, peer: 0 };
    const windowAt = (refit: number) => windowOf(stream(), refit * BATCH_ROWS, windowRows);
    yield {
      kind: 'ratio',
      name: 'refit of a sliding window',
      conditions: `${windowRows.toLocaleString('en-US')} × 4 ${kind}, ${BATCH_ROWS} new rows, seed ${SEED}`,
      unit: 'ms',
      isLowerBetter: true,
      rounds,
      ours: {
        name: 'exact, rows and top kept',
        run: () => {
          let ms = 0;
          for (let i = 0; i < refits; i++) {
            const from = BATCH_ROWS * turn.ours++;
            const rows = windowOf(stream(), from, windowRows);
            const addedFrom = from + windowRows - BATCH_ROWS;
            const added = windowOf(stream(), addedFrom, BATCH_ROWS);
            const begun = performance.now();
            const move = { keptFrom: [from], added, origins: originsOf(addedFrom, BATCH_ROWS) };
            const tree = kept.move(move, FULL) ?? kept.fit(rows, originsOf(from, windowRows), FULL);
            ms += performance.now() - begun;
            if (i === 0) expectSameDigest(treeDigest(encodeTree(tree)), rows);
          }
          return ms / refits;
        },
      },
      yardsticks: [
        {
          name: 'exact, fresh',
          target: 1.15,
          run: () => {
            let ms = 0;
            for (let i = 0; i < refits; i++) {
              const rows = windowAt(turn.fresh++);
              const begun = performance.now();
              fitExact(rows, FULL);
              ms += performance.now() - begun;
            }
            return ms / refits;
          },
        },
        peers.fit({
          peer: 'sklearn',
          name: `sliding ${kind}`,
          table: stream,
          target: 15,
          options: () => {
            const from = turn.peer++ * refits * BATCH_ROWS;
            return { from, to: from + windowRows };
          },
        }),
      ],
    };
  }
}

function windowOf(stream: TrainingSet, from: number, rowCount: number): TrainingSet {
  return {
    ...stream,
    rowCount,
    columns: stream.columns.map((column) => column.slice(from, from + rowCount)),
    classes: stream.classes.slice(from, from + rowCount),
  };
}

function originsOf(from: number, rowCount: number): RowOrigins {
  return {
    sources: new Uint32Array(rowCount),
    sequences: new Float64Array(rowCount).map((_, row) => from + row),
  };
}

function expectSameDigest(digest: string, rows: TrainingSet): void {
  const fresh = treeDigest(encodeTree(fitExact(rows, FULL)));
  if (digest !== fresh) throw new Error(`what was kept gave ${digest}, a fresh fit ${fresh}`);
}

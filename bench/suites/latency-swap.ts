import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fitExact } from '../../shared/engine/exact/fit-exact';
import { leafCount } from '../../shared/tree/tree';
import type { Figure, SuiteOptions } from '../harness/figure';
import { quantile } from '../harness/spread';
import { randomLabels } from '../harness/tables';
import { ServerProcess } from '../yardsticks/http-processes';
import { monotonicMs } from '../yardsticks/latency-asker';
import type { PacedAnswer, PacedOrder } from '../yardsticks/latency-paced';
import { VersionSource } from '../yardsticks/latency-versions';

const ROOT = join(__dirname, '..', '..');
const SEED = 1;
/** Rows with random labels, so that about every third row becomes a leaf. */
const ROWS = 28_000;
const PER_SECOND = 500;
const SWAP_EVERY_MS = 250;
const AROUND_MS = 100;

/**
 * The latency of predictions while the champion changes. Requests are due at an even pace, so the wait for a busy server
 * counts. The yardsticks are the same server in the same round: idle, and with as many versions published but none
 * promoted, since the publisher shares the core of the load generator.
 */
export function swapFigure({ rounds, isQuick }: SuiteOptions): Figure {
  const swaps = isQuick ? 20 : 200;
  const tree = fitExact(randomLabels(ROWS, SEED), { maxDepth: 64, minLeafRows: 1 });
  const p99 = (answers: readonly PacedAnswer[]) =>
    quantile(
      answers.map(({ tookMs }) => tookMs),
      0.99,
    );
  const durationMs = (swaps + 2) * SWAP_EVERY_MS;
  const swapping = () =>
    withServer(async (source, paced) => {
      const publishing = publishAll(source, swaps, true);
      const answers = await paced(durationMs);
      await publishing;
      return p99(around(answers, swapMoments(answers, swaps)));
    });
  const publishing = () =>
    withServer(async (source, paced) => {
      const published = publishAll(source, swaps, false);
      const answers = await paced(durationMs);
      return p99(around(answers, await published));
    });
  const leftAlone = () => withServer(async (_, paced) => p99(await paced(durationMs)));
  const withServer = async <T>(use: (source: VersionSource, paced: Paced) => Promise<T>) => {
    const folder = mkdtempSync(join(tmpdir(), 'alder-bench-swap-'));
    const source = await VersionSource.open(folder, tree);
    await source.publish(true);
    const server = await ServerProcess.start(
      [process.execPath, join(ROOT, 'bin', 'alder.js'), 'serve', '--data-dir', folder, '--port', '0'],
      { environment: { KAFKA_BROKERS: '', REDIS_URL: '' } },
    );
    const load = fork(join(ROOT, 'bench', 'yardsticks', 'http-child.js'), ['latency-paced.ts']);
    const paced: Paced = async (forMs) => {
      load.send({ port: server.port, perSecond: PER_SECOND, forMs } satisfies PacedOrder);
      const [said] = (await once(load, 'message')) as [{ answers: PacedAnswer[] } | { error: string }];
      if ('error' in said) throw new Error(said.error);
      return said.answers;
    };
    try {
      await paced(2_000);
      return await use(source, paced);
    } finally {
      load.kill('SIGKILL');
      await server.end();
      await source.close();
      rmSync(folder, { recursive: true, force: true });
    }
  };
  return {
    kind: 'ratio',
    name: `latency of requests within ${AROUND_MS} ms around a swap, p99`,
    conditions: `${swaps} swaps of a tree of ${leafCount(tree).toLocaleString('en-US')} leaves, ${PER_SECOND} requests a second at even times`,
    unit: 'ms',
    isLowerBetter: true,
    rounds,
    ours: { name: 'around swaps', run: swapping },
    yardsticks: [
      { name: 'the same without swaps', target: 0.667, run: leftAlone },
      { name: 'versions published, none promoted', target: 0.667, run: publishing },
    ],
  };
}

type Paced = (forMs: number) => Promise<PacedAnswer[]>;

/** Returns the moment of each publication. */
async function publishAll(source: VersionSource, versions: number, promote: boolean): Promise<number[]> {
  const moments: number[] = [];
  for (let version = 0; version < versions; version++) {
    await delay(SWAP_EVERY_MS);
    await source.publish(promote);
    moments.push(monotonicMs());
  }
  return moments;
}

/** The first answer of each new version. */
function swapMoments(answers: readonly PacedAnswer[], swaps: number): number[] {
  const firstMs = new Map<number, number>();
  for (const { version, dueMs, tookMs } of answers)
    firstMs.set(version, Math.min(firstMs.get(version) ?? Number.POSITIVE_INFINITY, dueMs + tookMs));
  const [, ...swappedMs] = [...firstMs.values()].sort((a, b) => a - b);
  if (swappedMs.length < swaps / 2)
    throw new Error(`only ${swappedMs.length} of ${swaps} swaps were seen by a request`);
  return swappedMs;
}

/** The answers whose request was due within `AROUND_MS` / 2 of one of the moments. */
function around(answers: readonly PacedAnswer[], momentsMs: readonly number[]): readonly PacedAnswer[] {
  return answers.filter(({ dueMs }) => momentsMs.some((atMs) => Math.abs(dueMs - atMs) <= AROUND_MS / 2));
}

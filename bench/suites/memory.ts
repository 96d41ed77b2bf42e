import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Figure, SuiteOptions } from '../harness/figure';
import { SEED } from '../yardsticks/ingest-rows';
import type { MemoryOrder } from '../yardsticks/memory-trainer';

const CHILD = join(__dirname, '..', 'yardsticks', 'http-child.js');
const SAMPLE_MS = 20;
/** How long the resident memory is sampled at rest, before and after a refit. */
const REST_MS = 3_000;
const MIB = 2 ** 20;

/** Resident bytes above those of the process before its first row. */
interface Resident {
  readonly steady: number;
  readonly refit: number;
}

/**
 * The resident memory of a trainer with a full window: VmRSS of /proc, without forced garbage collection. `steady` is the
 * median of the samples at rest after a refit, `refit` the highest sample during a refit of 1,000 new rows.
 */
export async function* memorySuite({ rounds, isQuick, tell }: SuiteOptions): AsyncIterable<Figure> {
  const windowRows = isQuick ? 100_000 : 1_000_000;
  const rawBytes = windowRows * (4 * 8 + 4);
  const common = {
    conditions: `windowRows ${windowRows.toLocaleString('en-US')} × 4, raw ${(rawBytes / MIB).toFixed(1)} MiB, seed ${SEED}`,
    unit: '× raw',
    rounds: Math.min(rounds, 3),
  };
  if (process.platform !== 'linux') {
    yield { kind: 'skipped', name: 'memory of the trainer', ...common, missing: 'there is no /proc here' };
    return;
  }
  const ran: Promise<Resident>[] = [];
  const times = (part: keyof Resident) => {
    let next = 0;
    return async () => {
      tell('filling a window');
      const index = next++;
      ran[index] ??= residentOf(windowRows);
      return (await ran[index])[part] / rawBytes;
    };
  };
  for (const [part, name, atMost] of [
    ['steady', 'memory of the trainer, steady', 2],
    ['refit', 'memory of the trainer, during a refit', 3.5],
  ] as const) {
    yield { kind: 'bound', name, ...common, ours: { name: 'trainer', run: times(part) }, atMost };
  }
}

/** One trainer fills a window; a second one, which is measured, resumes from its version as after a restart. */
async function residentOf(windowRows: number): Promise<Resident> {
  const folder = mkdtempSync(join(tmpdir(), 'alder-bench-memory-'));
  try {
    await withTrainer(folder, windowRows, (ask) => ask('fill'));
    return await withTrainer(folder, windowRows, residentBesides);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function residentBesides(ask: Ask, pid: number): Promise<Resident> {
  const empty = median(await samplesOf(pid, delay(REST_MS)));
  await ask('go on');
  await ask('refit');
  const refit = (await samplesOf(pid, ask('refit'))).at(-1)!;
  const steady = median(await samplesOf(pid, delay(REST_MS)));
  return { steady: steady - empty, refit: refit - empty };
}

type Ask = (order: MemoryOrder) => Promise<unknown>;

async function withTrainer<T>(
  folder: string,
  windowRows: number,
  use: (ask: Ask, pid: number) => Promise<T>,
): Promise<T> {
  const child = fork(CHILD, ['memory-trainer.ts', folder, String(windowRows)]);
  const ended = once(child, 'exit').then(([status]) => {
    throw new Error(`the trainer ended with status ${String(status)}`);
  });
  ended.catch(() => undefined);
  const told = () => Promise.race([once(child, 'message'), ended]);
  try {
    await told();
    const ask: Ask = (order) => {
      child.send(order);
      return told();
    };
    return await use(ask, child.pid!);
  } finally {
    child.kill('SIGKILL');
    await ended.catch(() => undefined);
  }
}

/** The samples during `work`, ascending. */
async function samplesOf(pid: number, work: Promise<unknown>): Promise<number[]> {
  const sampled = [residentBytes(pid)];
  const sampling = setInterval(() => sampled.push(residentBytes(pid)), SAMPLE_MS);
  await work.finally(() => clearInterval(sampling));
  return sampled.sort((a, b) => a - b);
}

function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1_024;
}

function median(sorted: readonly number[]): number {
  return sorted[sorted.length >> 1]!;
}

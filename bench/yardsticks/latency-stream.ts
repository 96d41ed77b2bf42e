import { setTimeout as delay } from 'node:timers/promises';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import { numbersFrom } from '../harness/random';
import { type AckedRow, Asker } from './latency-asker';

type Served = Pick<LivePipeline, 'port' | 'model'>;

/** A running trainer and server on one partition, with a function that sends a row. */
export interface LivePipeline {
  readonly port: number;
  readonly model: string;
  append(line: string): Promise<AckedRow>;
}

const ROWS_PER_SECOND = 20;
const SEED = 1;
const PATIENCE_MS = 60_000;
const LOOK_MS = 20;

/**
 * Sends rows one by one and returns, for each, the milliseconds from its acknowledgement to the first answer by a version
 * whose lineage covers it. Records are read after the last row, so that predictions are the only requests before. The
 * pauses between rows are random, since even pauses could synchronise with a poll.
 */
export async function rowToAnswerMs(pipeline: LivePipeline, lines: readonly string[]): Promise<number[]> {
  const asker = new Asker(pipeline.port);
  const draw = numbersFrom(SEED);
  const acked: AckedRow[] = [];
  try {
    await eventually(async () => asker.newest() > 0);
    for (const line of lines) {
      await delay((1_000 / ROWS_PER_SECOND) * (0.5 + draw()));
      acked.push(await pipeline.append(line));
    }
    const { offset } = acked.at(-1)!;
    await eventually(async () => (await nextOf(pipeline, asker.newest())) > offset);
  } finally {
    asker.close();
  }
  const seen: { atMs: number; next: number }[] = [];
  for (const [version, atMs] of asker.firstSeenMs) seen.push({ atMs, next: await nextOf(pipeline, version) });
  return acked.map(({ offset, ackedAtMs }) => seen.find(({ next }) => next > offset)!.atMs - ackedAtMs);
}

/** Waits until the served version covers every row below `end`. */
export async function untilHeld(served: Served, end: number): Promise<void> {
  await eventually(async () => {
    const answer = await fetch(`http://127.0.0.1:${served.port}/`);
    const { version } = (await answer.json()) as { version: number | null };
    return version !== null && (await nextOf(served, version)) >= end;
  });
}

async function nextOf({ port, model }: Served, version: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/models/${model}/versions/${version}`);
  if (!answer.ok) throw new Error(`the record of version ${version} cannot be had: ${answer.status}`);
  const { lineage } = (await answer.json()) as VersionRecord;
  return Number(lineage[0]!.next);
}

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  const untilMs = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > untilMs) throw new Error(`a row was not answered for within ${PATIENCE_MS} ms`);
    await delay(LOOK_MS);
  }
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess } from './http-processes';
import type { ServerStreams } from './ingest-servers';
import { type AckedRow, monotonicMs } from './latency-asker';
import { type LivePipeline, untilHeld } from './latency-stream';

const ALDER = join(__dirname, '..', '..', 'bin', 'alder.js');
const CHILD = join(__dirname, 'http-child.js');
const ALL_CORES = '0-1023';

/** One version for every row; all records are kept, so that the lineage of each answer can be read afterwards. */
export const EVERY_ROW = { windowRows: 1_000, batchRows: 1, keepVersions: 100_000 };

/** Runs `use` on one process with all roles, whose window is filled with `history`. */
export async function withEmbedded<T>(
  history: readonly string[],
  use: (pipeline: LivePipeline) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'alder-bench-latency-'));
  const settings = JSON.stringify({ ...EVERY_ROW, port: 0 });
  const child = fork(CHILD, ['latency-up.ts', folder, settings]);
  const ended = once(child, 'exit').then(([status]) => {
    throw new Error(`the process with all roles ended with status ${String(status)}`);
  });
  ended.catch(() => undefined);
  const answer = async <Answer>() => ((await Promise.race([once(child, 'message'), ended])) as [Answer])[0];
  try {
    const { port } = await answer<{ port: number }>();
    const append = (lines: readonly string[]) => {
      child.send(lines);
      return answer<AckedRow>();
    };
    const { offset } = await append(history);
    const served = { port, model: 'decisiontree' };
    await untilHeld(served, offset + 1);
    return await use({ ...served, append: (line) => append([line]) });
  } finally {
    child.kill('SIGKILL');
    await ended.catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs `use` on `alder train` and `alder serve` in separate processes, on Kafka and Redis; this process sends the rows. */
export async function withServers<T>(
  streams: ServerStreams,
  history: readonly string[],
  use: (pipeline: LivePipeline) => Promise<T>,
): Promise<T> {
  const topic = await streams.newTopic();
  const messages = (lines: readonly string[]) => lines.map((value) => ({ value }));
  return streams.withLog(topic, async ({ rowLog }) =>
    streams.withModel(topic, async ({ registry: { model } }) => {
      await rowLog.append(0, messages(history));
      const environment = { ALDER_TOPIC: topic, ALDER_MODEL: model };
      const start = (command: string, ...args: readonly string[]) =>
        ServerProcess.start([process.execPath, ALDER, command, ...args], { environment, cores: ALL_CORES });
      const { windowRows, batchRows, keepVersions } = EVERY_ROW;
      const trainer = await start(
        'train',
        ...['--window-rows', String(windowRows), '--batch-rows', String(batchRows)],
        ...['--keep-versions', String(keepVersions), '--trainer-port', '0'],
      );
      const server = await start('serve', '--port', '0');
      try {
        const served = { port: server.port, model };
        await untilHeld(served, history.length);
        return await use({
          ...served,
          append: async (line) => {
            const { next } = await rowLog.append(0, messages([line]));
            return { offset: next - 1, ackedAtMs: monotonicMs() };
          },
        });
      } finally {
        await trainer.end();
        await server.end();
      }
    }),
  );
}

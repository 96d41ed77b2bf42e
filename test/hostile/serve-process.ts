import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { openEmbeddedModelRegistry } from '../../shared/model-registry/embedded/embedded-model-registry';
import type { ModelRegistry } from '../../shared/model-registry/model-registry';
import { type AlderProcess, type AlderProcesses, eventually } from '../support/alder-process';
import { makeTestFolder } from '../support/embedded';
import { exchange } from '../support/raw-http';
import { Publisher } from '../support/stored-versions';
import { GOOD_REQUEST } from './requests';

/** One `alder serve` on an embedded folder, into which this process publishes and which it reads. */
export interface ServeProcess {
  readonly alder: AlderProcess;
  readonly url: string;
  readonly port: number;
  readonly registry: ModelRegistry;
  readonly publisher: Publisher;
  /** Ends the process if it still runs, and deletes the folder. */
  remove(): Promise<void>;
}

export async function startServeProcess(
  alder: AlderProcesses,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServeProcess> {
  const folder = makeTestFolder();
  const registry = await openEmbeddedModelRegistry(folder.open(), { model: 'decisiontree' });
  const started = alder.start(['serve', '--port', '0', '--log', 'json'], {
    environment: { ALDER_DATA_DIR: folder.dataDir, ...environment },
  });
  const line = await started.line(/http:\/\/127\.0\.0\.1:\d+/);
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)![0];
  return {
    alder: started,
    url,
    port: Number(new URL(url).port),
    registry,
    publisher: await Publisher.open(registry),
    async remove() {
      await started.end('SIGKILL');
      await folder.remove();
    },
  };
}

/** Waits until the champion answers. */
export function champions(port: number): Promise<unknown> {
  return eventually(
    () => exchange(port, GOOD_REQUEST),
    (answer) => answer?.status === 200,
  );
}

export const CAN_MEASURE = process.platform === 'linux';

/** Memory in use and open file handles of another process; only where the system shows them in files. */
export function usageOf(pid: number): { residentMiB: number; handles: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    residentMiB: Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]) / 1_024,
    handles: readdirSync(`/proc/${pid}/fd`).length,
  };
}

/** Polls until the handles are back at a number, because sockets close with a delay; gives their number. */
export async function settledHandles(pid: number, handlesMax: number, patienceMs = 5_000): Promise<number> {
  const until = performance.now() + patienceMs;
  while (usageOf(pid).handles > handlesMax && performance.now() < until) await pause(20);
  return usageOf(pid).handles;
}

import { join } from 'node:path';
import type { AlderProcess, AlderProcesses } from '../../support/alder-process';

const ROWS_FILE = join(__dirname, '../../../data/iris.csv');

/** The roles of a pipeline as separate processes on one data folder, so that one role can die alone. */
export interface RolesApart {
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  readonly serving: AlderProcess;
  startServing(port: number): Promise<AlderProcess>;
  startTrainer(): AlderProcess;
  startProducer(...flags: readonly string[]): AlderProcess;
}

/** Short, so that a test does not wait long for a lease to expire. */
const LEASE_MS = '2000';

export async function startRolesApart(alder: AlderProcesses): Promise<RolesApart> {
  const folder = alder.newFolder();
  const start = (...args: readonly string[]) =>
    alder.start([...args, '--data-dir', folder], { environment: { ALDER_LEASE_MS: LEASE_MS } });
  const startServing = async (port: number) => {
    const started = start('serve', '--port', String(port));
    await started.url();
    return started;
  };
  const serving = await startServing(0);
  const url = await serving.url();
  return {
    url,
    port: Number(new URL(url).port),
    folder,
    serving,
    startServing,
    startTrainer: () => start('train'),
    startProducer: (...flags) => start('produce', ROWS_FILE, ...flags),
  };
}

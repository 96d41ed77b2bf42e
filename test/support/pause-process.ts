import { spawnSync } from 'node:child_process';

const TRIES = 20;
/** Ten times the duration of opening the folder and one empty transaction. */
const FREE_WITHIN_MS = 1_000;

/** Takes the write lock of a data folder once, in a separate process, since waiting for the lock blocks the thread. */
const TAKE_THE_LOCK = `
  const root = require('lmdb').open({ path: process.argv[1], maxDbs: 8 });
  root.transactionSync(() => undefined);
  process.exit(0);`;

/**
 * Stops a process with SIGSTOP while it does not hold the write lock of the data folder. A process stopped during a
 * commit would block every other writer of the folder, including the test's own thread.
 */
export async function pauseBetweenWrites(pid: number, dataDir: string): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    process.kill(pid, 'SIGSTOP');
    if (isLockFree(dataDir)) return;
    process.kill(pid, 'SIGCONT');
    await new Promise((resolve) => setTimeout(resolve, 10 + tries));
  }
  throw new Error(`process ${pid} held the write lock whenever it was stopped`);
}

function isLockFree(dataDir: string): boolean {
  const options = { cwd: __dirname, timeout: FREE_WITHIN_MS, killSignal: 'SIGKILL' } as const;
  return spawnSync(process.execPath, ['-e', TAKE_THE_LOCK, dataDir], options).status === 0;
}

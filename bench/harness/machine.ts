import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem, type } from 'node:os';

/** Machine and time of a measurement; figures mean little without them. */
export interface Conditions {
  readonly date: string;
  readonly node: string;
  readonly machine: string;
  /** Load average of the minute before the measurement. */
  readonly loadBefore: number;
  readonly commit: string;
}

export function conditionsNow(): Conditions {
  const cores = cpus();
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  return {
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    node: process.version,
    machine: `${cores.length} cores of ${cores[0]?.model ?? 'an unknown kind'}, ${memoryGiB} GiB, ${type()} ${release()}`,
    loadBefore: loadavg()[0]!,
    commit: commitNow(),
  };
}

function commitNow(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], {
      cwd: __dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown';
  }
}

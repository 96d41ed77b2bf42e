import { spawnSync } from 'node:child_process';

/** Whether the system holds a process stopped, as after SIGSTOP. */
export function isStopped(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim().startsWith('T');
}

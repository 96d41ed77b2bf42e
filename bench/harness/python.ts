import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

const VENV = join(__dirname, '..', '.venv');
const PYTHON = join(VENV, 'bin', 'python');
/** pip installs the newest version of each when it creates the environment; remove bench/.venv to update them. */
const PACKAGES = ['scikit-learn', 'lightgbm', 'river', 'flask', 'fastapi', 'uvicorn', 'numpy'];
const INSTALLED = join(VENV, 'installed.txt');

/** The interpreter of a virtual environment with the peers, created at the first use; or the reason why there is none. */
export function pythonWithPeers(tell: (text: string) => void): { python: string } | { missing: string } {
  if (existsSync(INSTALLED)) return { python: PYTHON };
  if (spawnSync('python3', ['--version']).status !== 0) return { missing: 'there is no python3' };
  tell('making bench/.venv with scikit-learn, LightGBM, River and web servers from PyPI');
  for (const [command, ...args] of [
    ['python3', '-m', 'venv', VENV],
    [PYTHON, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES],
  ] as const) {
    const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    if (status !== 0)
      return { missing: `python peers cannot be installed: ${stderr.trim().split('\n').at(-1)}` };
  }
  writeFileSync(INSTALLED, spawnSync(PYTHON, ['-m', 'pip', 'freeze'], { encoding: 'utf8' }).stdout);
  return { python: PYTHON };
}

/**
 * A long-lived Python process, so that imports and cold caches do not count against the peer. It reads one JSON order a
 * line and answers each with one JSON line.
 */
export class PythonPeer {
  private readonly process: ChildProcessByStdio<Writable, Readable, null>;
  private readonly lines: Interface;
  private waiting: { resolve(line: string): void; reject(error: Error): void } | null = null;

  constructor(python: string, script: string) {
    this.process = spawn(python, ['-u', join(__dirname, '..', 'python', script)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' },
    });
    this.lines = createInterface({ input: this.process.stdout });
    this.lines.on('line', (line) => {
      this.waiting?.resolve(line);
      this.waiting = null;
    });
    this.process.once('exit', (code) => {
      this.waiting?.reject(new Error(`${script} ended with status ${code}`));
      this.waiting = null;
    });
  }

  /** Sends one order and waits for its answer. Only one order may be open. */
  async ask<Answer>(order: object): Promise<Answer> {
    const line = await new Promise<string>((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.process.stdin.write(`${JSON.stringify(order)}\n`);
    });
    return JSON.parse(line) as Answer;
  }

  close(): void {
    this.process.stdin.end();
  }
}

import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

const VENV = join(__dirname, '.venv');
const PYTHON = join(VENV, 'bin', 'python');
/** The newest of each on PyPI when the environment is made; remove the folder to get newer ones. */
const PACKAGES = ['onnxruntime', 'skl2onnx', 'scikit-learn', 'jpmml-evaluator', 'pydot'];
const INSTALLED = join(VENV, 'installed.txt');

/** A folder that whoever makes the environment has; suites run side by side and begin together. */
const MAKING = join(VENV, 'making');
const MAKING_MS_MAX = 600_000;

/** The interpreter of an environment with the peers in it, made at the first use; or why there is none. */
function pythonWithPeers(): { python: string } | { missing: string } {
  if (existsSync(INSTALLED)) return { python: PYTHON };
  if (spawnSync('python3', ['--version']).status !== 0) return { missing: 'there is no python3' };
  mkdirSync(VENV, { recursive: true });
  try {
    mkdirSync(MAKING);
  } catch {
    return waitForPeers();
  }
  try {
    return makePeers();
  } finally {
    rmdirSync(MAKING);
  }
}

function makePeers(): { python: string } | { missing: string } {
  process.stderr.write(`making test/tree-formats/.venv with ${PACKAGES.join(', ')} from PyPI\n`);
  for (const [command, ...args] of [
    ['python3', '-m', 'venv', VENV],
    [PYTHON, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES],
  ] as const) {
    const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    if (status !== 0)
      return { missing: `its packages cannot be installed: ${stderr.trim().split('\n').at(-1)}` };
  }
  writeFileSync(INSTALLED, spawnSync(PYTHON, ['-m', 'pip', 'freeze'], { encoding: 'utf8' }).stdout);
  return { python: PYTHON };
}

function waitForPeers(): { python: string } | { missing: string } {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let waitedMs = 0; existsSync(MAKING) && waitedMs < MAKING_MS_MAX; waitedMs += 200) {
    Atomics.wait(pause, 0, 0, 200);
  }
  return existsSync(INSTALLED)
    ? { python: PYTHON }
    : { missing: 'making test/tree-formats/.venv did not end well; remove that folder' };
}

const found = pythonWithPeers();
const hasJava = spawnSync('java', ['-version']).status === 0;

/**
 * `describe` where there is Python with the packages (and Java, where asked for), else `describe.skip` and a loud line.
 * With ALDER_REQUIRE_PYTHON=1 a skip is a failure, so that no build passes by not looking.
 */
export function describeWithPython(needsJava = false): jest.Describe {
  const missing = 'missing' in found ? found.missing : needsJava && !hasJava ? 'there is no java' : null;
  if (missing === null) return describe;
  if (process.env.ALDER_REQUIRE_PYTHON === '1')
    throw new Error(`ALDER_REQUIRE_PYTHON=1, but no peer: ${missing}`);
  process.stderr.write(`\nSKIPPED: formats are not held against the programs that read them: ${missing}\n\n`);
  return describe.skip;
}

/** The Python program that reads and makes files; it stays from the first order on, since its imports take seconds. */
export class PythonPeer {
  private process: ChildProcessByStdio<Writable, Readable, null> | null = null;
  private waiting: { resolve(line: string): void; reject(error: Error): void } | null = null;

  /** Sends one order and waits for its answer; one at a time. Rejects with what the peer threw. */
  async ask<Answer>(verb: string, order: object): Promise<Answer> {
    this.process ??= this.start();
    const { stdin } = this.process;
    const line = await new Promise<string>((resolve, reject) => {
      this.waiting = { resolve, reject };
      stdin.write(`${JSON.stringify({ verb, ...order })}\n`);
    });
    const answer = JSON.parse(line) as Answer & { error?: string };
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  async close(): Promise<void> {
    const ending = this.process;
    if (ending === null || ending.exitCode !== null) return;
    const ended = new Promise((resolve) => ending.once('exit', resolve));
    ending.stdin.end();
    await ended;
  }

  private start(): ChildProcessByStdio<Writable, Readable, null> {
    const started = spawn(PYTHON, ['-u', '-W', 'ignore', join(__dirname, 'python', 'peer.py')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    createInterface({ input: started.stdout }).on('line', (line) => {
      this.waiting?.resolve(line);
      this.waiting = null;
    });
    started.once('exit', (code) => {
      this.waiting?.reject(new Error(`the peer ended with status ${code}`));
      this.waiting = null;
    });
    return started;
  }
}

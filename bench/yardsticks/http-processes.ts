import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadOrder, LoadResult } from './http-load';

const CHILD = join(__dirname, 'http-child.js');
const URL_LINE = /http:\/\/127\.0\.0\.1:(\d+)/;
const START_MS_MAX = 60_000;

const HAS_TASKSET = process.platform === 'linux' && spawnSync('taskset', ['--version']).status === 0;

/** The pinning in words, for the conditions of a figure. */
export const PINNING = HAS_TASKSET
  ? 'servers on core 0, load on core 1'
  : 'no taskset here: servers and load share the cores';

/** A server in a separate process, pinned to core 0 or to `cores`. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  /** Starts `command` and waits for the line with its address. Throws with its output when it ends first. */
  static async start(command: readonly string[], options: StartOptions = {}): Promise<ServerProcess> {
    const { cores = '0', cwd, environment = {} } = options;
    const [file, ...args] = HAS_TASKSET ? ['taskset', '-c', cores, ...command] : [...command];
    const child = spawn(file!, args, {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...process.env, OMP_NUM_THREADS: '1', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const port = await portOf(child, command.join(' '));
    return new ServerProcess(child, port);
  }

  /** Starts one of the servers of this folder. */
  static yardstick(file: string, ...args: readonly string[]): Promise<ServerProcess> {
    return ServerProcess.start([process.execPath, CHILD, file, ...args]);
  }

  /** CPU time of all its threads and child processes so far; 0 where the system does not report it. */
  cpuMs(): number {
    return cpuMsOf(this.child.pid!);
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}

function cpuMsOf(pid: number): number {
  try {
    const tasks = `/proc/${pid}/task`;
    let sum = 0;
    for (const task of readdirSync(tasks)) {
      sum += Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
      const children = readFileSync(`${tasks}/${task}/children`, 'utf8').trim();
      for (const child of children === '' ? [] : children.split(' ')) sum += cpuMsOf(Number(child));
    }
    return sum;
  } catch {
    return 0;
  }
}

interface StartOptions {
  readonly cores?: string;
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

function portOf(child: ChildProcess, what: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = (why: string) => reject(new Error(`${what} ${why}:\n${said.slice(-2_000)}`));
    const timer = setTimeout(() => fail('named no address'), START_MS_MAX);
    const hear = (text: Buffer) => {
      said += text.toString();
      const port = URL_LINE.exec(said)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    };
    child.stdout!.on('data', hear);
    child.stderr!.on('data', hear);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (status) => fail(`ended with status ${status}`));
  });
}

/** The load generator, a separate process on the last core. */
export class LoadProcess {
  private readonly child = fork(CHILD, ['http-load.ts']);

  constructor() {
    if (HAS_TASKSET) spawnSync('taskset', ['-apc', '1', String(this.child.pid)]);
  }

  async load(order: LoadOrder): Promise<LoadResult> {
    this.child.send(order);
    const [message] = (await once(this.child, 'message')) as [{ result: LoadResult } | { error: string }];
    if ('error' in message) throw new Error(message.error);
    return message.result;
  }

  end(): void {
    this.child.kill('SIGKILL');
  }
}

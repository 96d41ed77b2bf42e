import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ALDER = join(__dirname, '../../bin/alder.js');

/** How long a test waits for an expected line before it fails with the actual output. */
const PATIENCE_MS = 15_000;
const LOOK_PAUSE_MS = 20;
const NEWS_MS_MAX = 1_000;

/** The environment variables that a process inherits; settings and server addresses of the test run are not passed on. */
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'LANG'];

export interface AlderOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** The working directory; by default a folder without a data folder. */
  readonly folder?: string;
}

export interface AlderExit {
  /** Null when a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
}

/** One running `node bin/alder.js …`. */
export interface AlderProcess {
  readonly pid: number;
  /** Milliseconds of the monotonic clock. */
  readonly startedAtMs: number;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly exited: Promise<AlderExit>;
  /** The first matching line of either output, including earlier lines; throws when none arrives in time. */
  line(pattern: RegExp): Promise<string>;
  /** The address in the first line that names one. */
  url(): Promise<string>;
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<AlderExit>;
}

/** Starts the processes of one suite; the suite ends them and deletes its folders. */
export interface AlderProcesses {
  start(args: readonly string[], options?: AlderOptions): AlderProcess;
  /** Runs a command that ends by itself. */
  run(args: readonly string[], options?: AlderOptions): Promise<AlderExit>;
  /** A new folder, deleted after the suite. */
  newFolder(): string;
}

const alive = new Set<ChildProcess>();
let compiled: Promise<AlderExit> | null = null;
process.once('exit', killAll);

function killAll(): void {
  for (const child of alive) child.kill('SIGKILL');
}

/** Call inside a describe. The sources are compiled before the first start if needed, so that no measured start includes it. */
export function useAlder(): AlderProcesses {
  const folders: string[] = [];
  const processes: Process[] = [];
  const newFolder = () => {
    const folder = mkdtempSync(join(tmpdir(), 'alder-scenario-'));
    folders.push(folder);
    return folder;
  };
  const start = (args: readonly string[], { environment = {}, folder }: AlderOptions = {}) => {
    const started = new Process(args, environment, folder ?? newFolder());
    processes.push(started);
    return started;
  };

  beforeAll(async () => {
    compiled ??= start(['--version']).exited;
    const { status, stderr } = await compiled;
    if (status !== 0) throw new Error(`the sources do not compile:\n${stderr.join('\n')}`);
  }, 60_000);

  afterAll(async () => {
    await Promise.all(processes.map((each) => each.end('SIGKILL')));
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  return { start, run: (args, options) => start(args, options).exited, newFolder };
}

class Process implements AlderProcess {
  readonly startedAtMs = performance.now();
  readonly stdout: string[] = [];
  readonly stderr: string[] = [];
  readonly exited: Promise<AlderExit>;
  private readonly child: ChildProcess;
  private isOver = false;
  private readonly watchers = new Set<() => void>();

  constructor(
    private readonly args: readonly string[],
    environment: Readonly<Record<string, string>>,
    folder: string,
  ) {
    const passedOn = Object.fromEntries(PASSED_ON.map((name) => [name, process.env[name]]));
    this.child = spawn(process.execPath, [ALDER, ...args], {
      cwd: folder,
      env: { ...passedOn, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    alive.add(this.child);
    this.collect(this.child.stdout!, this.stdout);
    this.collect(this.child.stderr!, this.stderr);
    this.exited = new Promise((resolve) => {
      this.child.on('close', (status, signal) => {
        alive.delete(this.child);
        this.isOver = true;
        this.tell();
        resolve({ status, signal, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  async line(pattern: RegExp): Promise<string> {
    const until = performance.now() + PATIENCE_MS;
    for (;;) {
      const found = [...this.stdout, ...this.stderr].find((line) => pattern.test(line));
      if (found !== undefined) return found;
      if (this.isOver) throw this.failure(`ended without a line like ${pattern}`);
      if (performance.now() > until) throw this.failure(`wrote no line like ${pattern}`);
      await this.news();
    }
  }

  async url(): Promise<string> {
    const address = /http:\/\/[^\s;]+/;
    return address.exec(await this.line(address))![0];
  }

  end(signal: NodeJS.Signals): Promise<AlderExit> {
    this.child.kill(signal);
    return this.exited;
  }

  private collect(stream: NodeJS.ReadableStream, lines: string[]): void {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop()!;
      lines.push(...parts);
      this.tell();
    });
    stream.on('end', () => {
      if (rest !== '') lines.push(rest);
    });
  }

  /** Resolves at the next line, at the end, or after a short time, so that the caller can check its deadline. */
  private news(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, NEWS_MS_MAX);
      this.watchers.add(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  private tell(): void {
    for (const watcher of this.watchers) watcher();
    this.watchers.clear();
  }

  private failure(what: string): Error {
    const said = [...this.stdout, ...this.stderr].slice(-20).join('\n');
    return new Error(`alder ${this.args.join(' ')} ${what}; it said:\n${said}`);
  }
}

/** Repeats a request until the answer has the status; throws with the last answer at the deadline. */
export async function askUntil(status: number, ask: () => Promise<Response>): Promise<Response> {
  return eventually(
    ask,
    (answer) => answer.status === status,
    (answer) => `the answer has the status ${answer?.status}, not ${status}`,
  );
}

/** Polls a value until the condition holds and returns it; a poll that throws is repeated. */
export async function eventually<T>(
  look: () => Promise<T>,
  holds: (seen: T) => boolean,
  describe: (seen: T | undefined) => string = (seen) => `last seen: ${JSON.stringify(seen)}`,
): Promise<T> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look().catch(() => undefined);
    if (seen !== undefined && holds(seen)) return seen;
    if (performance.now() > until) throw new Error(describe(seen));
    await new Promise((resolve) => setTimeout(resolve, LOOK_PAUSE_MS));
  }
}

/** Sends a POST request with a JSON body. */
export function postJson(url: string, body: unknown): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { waitUntil } from '../../kills/long-wait';
import { freePort } from './free-port';
import { isStopped } from './stopped-process';

/** It takes milliseconds on a quiet machine. */
const START_MS_MAX = 60_000;

/** Whether this machine has the program. */
export function hasRedisServer(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

/**
 * A Redis process of the tests' own, with an append-only file that is written through before each reply, as the
 * product asks of a server that it may trust. It keeps its port and its folder when it is started again.
 */
export class OwnRedis {
  private child: ChildProcess | null = null;

  private constructor(
    readonly port: number,
    private readonly folder: string,
  ) {}

  static async start(): Promise<OwnRedis> {
    const redis = new OwnRedis(await freePort(), mkdtempSync(join(tmpdir(), 'alder-redis-')));
    await redis.startAgain();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.child!.pid!;
  }

  /** Starts Redis on the data of its folder and waits until it answers. */
  async startAgain(): Promise<void> {
    const options = ['--port', String(this.port), '--dir', this.folder, '--bind', '127.0.0.1', '--save', ''];
    const durable = ['--appendonly', 'yes', '--appendfsync', 'always'];
    this.child = spawn('redis-server', [...options, ...durable], { stdio: 'ignore' });
    await waitUntil(
      'Redis to answer',
      START_MS_MAX,
      () => this.withAdmin((admin) => admin.ping()),
      (reply) => reply === 'PONG',
    );
  }

  /** Sends a signal that ends it; gives the one that it ended by, null when it left by itself. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<NodeJS.Signals | null> {
    const { child } = this;
    if (child === null) return null;
    this.child = null;
    const closed = once(child, 'close');
    child.kill(signal);
    await closed;
    return child.signalCode;
  }

  /** Stops it where it is, connections open; `awake` lets it go on. */
  freeze(): void {
    this.child!.kill('SIGSTOP');
  }

  awake(): void {
    this.child!.kill('SIGCONT');
  }

  /** Whether the system holds it stopped. */
  get isFrozen(): boolean {
    return isStopped(this.pid);
  }

  /** A client for one errand. */
  async withAdmin<T>(errand: (admin: Redis) => Promise<T>): Promise<T> {
    const admin = new Redis(this.url, { lazyConnect: true, retryStrategy: () => null });
    // Told by the errand's own failure as well.
    admin.on('error', () => undefined);
    try {
      await admin.connect();
      return await errand(admin);
    } finally {
      admin.disconnect();
    }
  }

  /** A field of INFO. */
  async info(section: string, field: string): Promise<string | null> {
    const text = await this.withAdmin((admin) => admin.info(section));
    return new RegExp(`^${field}:(.*?)\\r?$`, 'm').exec(text)?.[1] ?? null;
  }

  /** The stored bytes of every key, by name. */
  async everything(): Promise<Record<string, string>> {
    return this.withAdmin(async (admin) => {
      const names = (await admin.keys('*')).sort();
      const contents = await Promise.all(names.map((name) => contentOf(admin, name)));
      return Object.fromEntries(names.map((name, i) => [name, contents[i]!]));
    });
  }

  async remove(): Promise<void> {
    this.child?.kill('SIGCONT');
    await this.end('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Fields of a hash sorted: their order in a dump changes while Redis moves them to a larger table. */
async function contentOf(admin: Redis, name: string): Promise<string> {
  if ((await admin.type(name)) !== 'hash') return (await admin.dumpBuffer(name))?.toString('hex') ?? '';
  return JSON.stringify(Object.entries(await admin.hgetall(name)).sort());
}

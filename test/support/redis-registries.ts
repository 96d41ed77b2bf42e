import { Redis } from 'ioredis';
import { type AlderError, type ErrorCode, isAlderError } from '../../shared/errors';
import type { Lease, ModelRegistry, Publication } from '../../shared/model-registry/model-registry';
import { keysOf } from '../../shared/model-registry/redis/keys';
import {
  openRedisModelRegistry,
  type RedisModelRegistryOptions,
} from '../../shared/model-registry/redis/redis-model-registry';
import { uniqueName } from './live';
import { openTcpProxy, type TcpProxy, type TcpProxyTarget } from './tcp-proxy';

export const AT = '2026-01-01T00:00:00.000Z';

/** What one test has: a model of its own on the real server. Everything that it opens is closed after it. */
interface RedisRegistries {
  readonly model: string;
  /** A plain client, to look and to meddle. */
  readonly admin: Redis;
  open(more?: Partial<RedisModelRegistryOptions>): Promise<ModelRegistry>;
  /** A proxy before the server, and the URL that leads through it. */
  openProxy(more?: Partial<TcpProxyTarget>): Promise<{ proxy: TcpProxy; url: string }>;
  /** Takes the lease. */
  lead(registry: ModelRegistry): Promise<Lease>;
  /** Every key on the server that has the model's name in it. */
  storedKeys(): Promise<string[]>;
  /** Deletes another model's keys after the test. */
  forget(model: string): void;
  /** Runs after the test, before what was opened earlier is closed. */
  atEnd(close: () => Promise<unknown>): void;
}

/** Call inside a describe: sets up before each test, and after each closes all and deletes the model's keys. */
export function useRedisRegistries(redisUrl: string): RedisRegistries {
  const server = new URL(redisUrl);
  let admin: Redis;
  let model: string;
  let models: string[];
  let closeAll: (() => Promise<unknown>)[];

  beforeEach(() => {
    admin = new Redis(redisUrl);
    model = uniqueName('test');
    models = [model];
    closeAll = [];
  });

  afterEach(async () => {
    for (const close of closeAll.reverse()) await close();
    for (const name of models) {
      const { changes: _, ...keys } = keysOf(name);
      await admin.del(...Object.values(keys));
    }
    await admin.quit();
  });

  return {
    get model() {
      return model;
    },
    get admin() {
      return admin;
    },
    async open(more = {}) {
      const registry = await openRedisModelRegistry({ url: redisUrl, model, allowEviction: false, ...more });
      closeAll.push(() => registry.close());
      return registry;
    },
    async openProxy(more = {}) {
      const target = { host: server.hostname, port: Number(server.port || 6_379) };
      const proxy = await openTcpProxy({ ...target, ...more });
      closeAll.push(() => proxy.close());
      const url = new URL(redisUrl);
      url.hostname = '127.0.0.1';
      url.port = String(proxy.port);
      return { proxy, url: url.href };
    },
    async lead(registry) {
      return (await registry.takeLease((await registry.loadState()).lease, 'trainer-a'))!;
    },
    async storedKeys() {
      const found: string[] = [];
      for await (const keys of admin.scanStream({ match: `*${model}*`, count: 1_000 }))
        found.push(...(keys as string[]));
      return found.sort();
    },
    forget(other) {
      models.push(other);
    },
    atEnd(close) {
      closeAll.push(close);
    },
  };
}

/** A promoted version that follows on the one before it. */
export function publicationOf(lease: Lease, version: number, more: Partial<Publication> = {}): Publication {
  return {
    lease,
    version,
    recordDigest: `digest-${version}`,
    recordText: `record ${version}`,
    treeText: `tree ${version}`,
    parent: version === 1 ? null : { version: version - 1, recordDigest: `digest-${version - 1}` },
    championRevision: version - 1,
    promote: true,
    reason: 'first',
    actor: 'trainer',
    at: AT,
    answer: null,
    keepVersions: 100,
    keepFrom: 1,
    ...more,
  };
}

/** The error of a call that must fail with the code; throws any other error, and when the call succeeds. */
export async function failureOf(
  call: Promise<unknown>,
  code: ErrorCode = 'registry-unavailable',
): Promise<AlderError> {
  const error: unknown = await call.then(
    () => new Error('it went through'),
    (fault: unknown) => fault,
  );
  if (!isAlderError(error, code)) throw error;
  return error;
}

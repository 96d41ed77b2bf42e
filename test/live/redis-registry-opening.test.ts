import { keysOf } from '../../shared/model-registry/redis/keys';
import { describeLive } from '../support/live';
import { failureOf, useRedisRegistries } from '../support/redis-registries';

describeLive('opening the Redis model registry', ({ redisUrl }) => {
  const redis = useRedisRegistries(redisUrl);

  test('opening retries, reports the outage once, and goes on when the server appears', async () => {
    const { proxy, url } = await redis.openProxy();
    proxy.down();
    const notices: string[] = [];
    const registry = await redis.open({
      url,
      onNotice: (code) => {
        notices.push(code);
        if (code === 'registry-away') proxy.up();
      },
    });
    expect(notices).toEqual(['registry-away', 'registry-back']);
    expect(registry.registryId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('opening gives up after its time', async () => {
    const { proxy, url } = await redis.openProxy();
    proxy.down();
    const error = await failureOf(redis.open({ url, openTimeoutMs: 1 }));
    expect(error.message).toContain('within 1 ms');
    expect(error.canRetry).toBe(true);
  });

  test('opening without waiting returns at once, and the id is there after the first call that got through', async () => {
    const { proxy, url } = await redis.openProxy();
    proxy.down();
    const registry = await redis.open({ url, waitForServer: false });
    expect(registry.registryId).toBe('');
    await failureOf(registry.loadState());
    proxy.up();
    await registry.loadState();
    expect(registry.registryId).toBe((await redis.open()).registryId);
  });

  test('the id stays over reopening, and an emptied registry gets another one', async () => {
    const registry = await redis.open();
    const id = registry.registryId;
    expect((await redis.open()).registryId).toBe(id);
    await redis.admin.del(keysOf(redis.model).state);
    expect((await registry.loadState()).newest).toBeNull();
    expect(registry.registryId).not.toBe(id);
    expect((await redis.open()).registryId).toBe(registry.registryId);
  });

  test('a refused login ends the opening at once, without the password in any part of the error', async () => {
    const url = new URL(redisUrl);
    url.username = 'nobody-of-that-name';
    url.password = 'secret-word';
    const error = await failureOf(redis.open({ url: url.href }), 'registry-forbidden');
    expect(error.message).toContain('WRONGPASS');
    expect(error.canRetry).toBe(false);
    const cause = error.cause as Error;
    const parts = [error.stack, error.hint, cause.stack, JSON.stringify(error), JSON.stringify(cause)];
    expect(parts.join(' ')).not.toContain('secret-word');
    expect(Object.keys(cause)).not.toContain('command');
  });

  describe('a server whose policy may evict', () => {
    const evicting = (chunk: Buffer) =>
      Buffer.from(chunk.toString('latin1').replace('$10\r\nnoeviction', '$11\r\nallkeys-lru'), 'latin1');

    test('a server that may evict is refused', async () => {
      const { url } = await redis.openProxy({ rewriteReply: evicting });
      await expect(redis.open({ url })).rejects.toMatchObject({ code: 'registry-evicts', canRetry: false });
    });

    test('a server that may evict is refused at the first call after an opening without waiting, and ends a watch', async () => {
      const { url } = await redis.openProxy({ rewriteReply: evicting });
      const registry = await redis.open({ url, waitForServer: false });
      await expect(registry.loadState()).rejects.toMatchObject({ code: 'registry-evicts' });
      const states = registry.watch({ pollMs: 10 }, new AbortController().signal)[Symbol.asyncIterator]();
      await expect(states.next()).rejects.toMatchObject({ code: 'registry-evicts' });
    });

    test('a server that may evict is accepted with a notice when that is allowed', async () => {
      const { url } = await redis.openProxy({ rewriteReply: evicting });
      const notices: string[] = [];
      await redis.open({ url, allowEviction: true, onNotice: (code) => notices.push(code) });
      expect(notices).toEqual(['eviction-allowed']);
    });
  });

  test('a server that hides its policy is accepted with a notice', async () => {
    const hiding = (chunk: Buffer) =>
      chunk.includes('maxmemory-policy') ? Buffer.from("-ERR unknown command 'CONFIG'\r\n") : chunk;
    const { url } = await redis.openProxy({ rewriteReply: hiding });
    const notices: string[] = [];
    await redis.open({ url, onNotice: (code) => notices.push(code) });
    expect(notices).toEqual(['eviction-unknown']);
  });
});

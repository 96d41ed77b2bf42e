import type { ModelRegistry, RegistryState } from '../../shared/model-registry/model-registry';
import { keysOf } from '../../shared/model-registry/redis/keys';
import { describeLive } from '../support/live';
import { publishNext } from '../support/publications';
import { useRedisRegistries } from '../support/redis-registries';

describeLive('watching the Redis model registry', ({ redisUrl }) => {
  const redis = useRedisRegistries(redisUrl);

  function watchOf(registry: ModelRegistry, pollMs: number, loadsChampion = false) {
    const stop = new AbortController();
    redis.atEnd(async () => stop.abort());
    const states = registry.watch({ pollMs, loadsChampion }, stop.signal)[Symbol.asyncIterator]();
    const next = async (): Promise<RegistryState> => {
      const { value, done } = await states.next();
      if (done === true) throw new Error('the watch ended');
      return value;
    };
    const until = async (holds: (state: RegistryState) => boolean) => {
      let state = await next();
      while (!holds(state)) state = await next();
      return state;
    };
    return { stop, states, next, until };
  }

  test('a change is pushed long before the next poll', async () => {
    const registry = await redis.open();
    const watch = watchOf(registry, 600_000);
    await watch.next();
    const other = await redis.open();
    await other.askForRefit();
    expect((await watch.until((state) => state.requested > 0)).requested).toBe(1);
  });

  test('a slow reader gets only the newest state', async () => {
    const registry = await redis.open();
    const watch = watchOf(registry, 600_000);
    await watch.next();
    for (let i = 0; i < 20; i += 1) await registry.askForRefit();
    // Twenty changes came while the reader paused; the next state is the last one.
    expect((await watch.next()).requested).toBe(20);
  });

  test('a watch goes on at once when the connection comes back', async () => {
    const { proxy, url } = await redis.openProxy();
    const registry = await redis.open({ url });
    const watch = watchOf(registry, 600_000);
    await watch.next();
    // The subscription's first hint, after which both connections are known to be there.
    await watch.next();
    expect(proxy.down()).toBe(2);
    await (await redis.open()).askForRefit();
    const next = watch.until((state) => state.requested === 1);
    proxy.up();
    expect((await next).requested).toBe(1);
    // Hints work again as well.
    await watch.until(() => true);
    await (await redis.open()).askForRefit();
    await watch.until((state) => state.requested === 2);
  });

  describe('for a reader that loads each champion', () => {
    test('the texts of a new champion come along with the state that names it', async () => {
      const { proxy, url } = await redis.openProxy();
      const registry = await redis.open({ url });
      const other = await redis.open();
      const lease = await redis.lead(other);
      const watch = watchOf(registry, 600_000, true);
      await watch.next();
      // The subscription's first hint: from here on no message is missed, and the next one is the publish.
      await watch.next();
      const champion = watch.until(({ aliases }) => aliases.champion?.version === 1);
      const { recordText, treeText } = await publishNext(other, lease);
      await champion;
      expect(await registry.loadTree(1)).toBe(treeText);
      proxy.hold('everything');
      expect(await registry.loadRecord(1)).toBe(recordText);
      expect(await registry.loadTree(1)).toBe(treeText);
    });

    test('texts belong to the newest state, also after a number was given again', async () => {
      const registry = await redis.open();
      const lease = await redis.lead(registry);
      const watch = watchOf(registry, 600_000, true);
      await watch.next();
      await watch.next();
      const champion = watch.until(({ aliases }) => aliases.champion?.version === 1);
      await publishNext(registry, lease);
      await champion;
      await redis.admin.hset(keysOf(redis.model).records, '1', 'another record');
      await registry.askForRefit();
      await watch.until(({ requested }) => requested === 1);
      expect(await registry.loadRecord(1)).toBe('another record');
    });

    test('a message that names a missing version does no harm', async () => {
      const registry = await redis.open();
      const watch = watchOf(registry, 600_000, true);
      await watch.next();
      await watch.next();
      const { changes, records } = keysOf(redis.model);
      for (const message of ['champion 7', 'champion', 'champion -1', 'champion 1e9', 'x'.repeat(10_000)]) {
        await redis.admin.publish(changes, message);
        expect((await watch.next()).newest).toBeNull();
      }
      await redis.admin.publish(changes, 'champion 7');
      await watch.next();
      expect(await registry.loadRecord(7)).toBeNull();
      await redis.admin.hset(records, '7', 'came later');
      expect(await registry.loadRecord(7)).toBe('came later');
    });
  });

  test('a watch ends without a throw when its signal aborts, even while the server hangs', async () => {
    const { proxy, url } = await redis.openProxy();
    const registry = await redis.open({ url });
    const watch = watchOf(registry, 10);
    await watch.next();
    proxy.hold('everything');
    const ended = watch.states.next();
    await proxy.heldBack('requests');
    watch.stop.abort();
    expect(await ended).toEqual({ value: undefined, done: true });
  });

  test('closing the registry ends its watches', async () => {
    const registry = await redis.open();
    const watch = watchOf(registry, 600_000);
    await watch.next();
    await watch.next();
    const ended = watch.states.next();
    await registry.close();
    expect(await ended).toEqual({ value: undefined, done: true });
  });
});

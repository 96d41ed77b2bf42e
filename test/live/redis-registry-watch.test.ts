import type { ModelRegistry, RegistryState } from '../../shared/model-registry/model-registry';
import { describeLive } from '../support/live';
import { useRedisRegistries } from '../support/redis-registries';

describeLive('watching the Redis model registry', ({ redisUrl }) => {
  const redis = useRedisRegistries(redisUrl);

  function watchOf(registry: ModelRegistry, pollMs: number) {
    const stop = new AbortController();
    redis.atEnd(async () => stop.abort());
    const states = registry.watch({ pollMs }, stop.signal)[Symbol.asyncIterator]();
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
    // Twenty changes came while nobody asked; the next state is already the last one.
    expect((await watch.next()).requested).toBe(20);
  });

  test('it goes on by itself, at once, when the connection comes back', async () => {
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

  test('it ends without a throw when its signal aborts, even while the server hangs', async () => {
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

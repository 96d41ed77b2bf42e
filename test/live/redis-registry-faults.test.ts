import { isAlderError } from '../../shared/errors';
import { describeLive } from '../support/live';
import { failureOf, publicationOf, useRedisRegistries } from '../support/redis-registries';

describeLive('the Redis model registry under faults', ({ redisUrl }) => {
  const redis = useRedisRegistries(redisUrl);

  describe('a connection that is cut', () => {
    test('a publish whose reply is cut has an unknown outcome, and the same bytes again are `already` there', async () => {
      const { proxy, url } = await redis.openProxy();
      const registry = await redis.open({ url });
      const lease = await redis.lead(registry);
      // The first publish loads the script, so that the delayed reply is the outcome of the second one.
      await registry.publish(publicationOf(lease, 1));
      const publication = publicationOf(lease, 2);
      proxy.hold('replies');
      const lost = failureOf(registry.publish(publication));
      await proxy.heldBack('replies');
      expect(proxy.cut()).toBe(1);
      proxy.release();
      expect((await lost).canRetry).toBe(true);
      expect(await registry.publish(publication)).toBe('already');
      expect(await registry.listVersions()).toEqual([1, 2]);
    });

    test('a publish that is cut before it arrives is `done` by the same bytes again', async () => {
      const { proxy, url } = await redis.openProxy();
      const registry = await redis.open({ url });
      const publication = publicationOf(await redis.lead(registry), 1);
      proxy.hold('everything');
      const lost = failureOf(registry.publish(publication));
      await proxy.heldBack('requests');
      expect(proxy.cut()).toBe(1);
      proxy.release();
      await lost;
      expect(await registry.publish(publication)).toBe('done');
    });

    test('a call after the server cut the connection waits for the new one and goes through', async () => {
      const notices: string[] = [];
      const { proxy, url } = await redis.openProxy();
      const registry = await redis.open({ url, onNotice: (code) => notices.push(code) });
      proxy.cut();
      // This one may still meet the dead socket; it may fail, but only in the one way.
      await registry.loadState().catch((error: unknown) => {
        if (!isAlderError(error, 'registry-unavailable')) throw error;
      });
      expect((await registry.loadState()).requested).toBe(0);
      expect(proxy.acceptedCount).toBe(2);
      expect(notices).toEqual(['registry-away', 'registry-back']);
    });
  });

  describe('a server that hangs or is away', () => {
    test('each call to a hung server fails after its 2 s, and nothing is sent later', async () => {
      const { proxy, url } = await redis.openProxy();
      const registry = await redis.open({ url });
      const lease = await redis.lead(registry);
      proxy.hold('everything');
      const startedMs = performance.now();
      const [asked, published] = await Promise.all([
        failureOf(registry.askForRefit()),
        failureOf(registry.publish(publicationOf(lease, 1))),
      ]);
      // A busy machine wakes late, so the bound is generous.
      expect(performance.now() - startedMs).toBeLessThan(5_000);
      expect([asked.canRetry, published.canRetry]).toEqual([true, true]);
      // Making contact anew shows that the hung connection was given up, with all that was waiting in it.
      await failureOf(registry.loadRecord(1));
      expect(proxy.acceptedCount).toBeGreaterThan(1);
      proxy.cut();
      proxy.release();
      const state = await registry.loadState();
      expect([state.requested, state.newest]).toEqual([0, null]);
    });

    test('a call made while the server is away does not run once it is back', async () => {
      const { proxy, url } = await redis.openProxy();
      const registry = await redis.open({ url });
      expect(proxy.down()).toBe(1);
      const asked = [1, 2, 3].map(() => failureOf(registry.askForRefit()));
      await Promise.all(asked);
      proxy.up();
      expect((await registry.loadState()).requested).toBe(0);
    });

    test('a closed registry answers no call, and may be closed twice', async () => {
      const registry = await redis.open();
      await registry.close();
      await failureOf(registry.loadState(), 'registry-closed');
      for await (const _ of registry.watch({ pollMs: 10 }, new AbortController().signal))
        throw new Error('a state came');
    });

    test('closing does not wait for a hung server', async () => {
      const { proxy, url } = await redis.openProxy();
      const registry = await redis.open({ url });
      proxy.hold('everything');
      const lost = failureOf(registry.loadState());
      await proxy.heldBack('requests');
      const startedMs = performance.now();
      await registry.close();
      expect(performance.now() - startedMs).toBeLessThan(800);
      await lost;
    });
  });
});

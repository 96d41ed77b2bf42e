import { JOURNAL_ENTRIES_MAX } from '../../shared/model-registry/journal';
import { keysOf } from '../../shared/model-registry/redis/keys';
import { openRedisModelRegistry } from '../../shared/model-registry/redis/redis-model-registry';
import { modelRegistryContract } from '../contract/model-registry-contract';
import { describeLive, uniqueName } from '../support/live';
import { AT, failureOf, publicationOf, useRedisRegistries } from '../support/redis-registries';

describeLive('the Redis model registry', ({ redisUrl }) => {
  const redis = useRedisRegistries(redisUrl);

  modelRegistryContract('redis', async () => {
    // The contract opens several empty registries in one test, so each gets a model of its own.
    const model = uniqueName('contract');
    redis.forget(model);
    const reopen = () => openRedisModelRegistry({ url: redisUrl, model, allowEviction: false });
    const registry = await reopen();
    return { registry, reopen, cleanUp: () => registry.close() };
  });

  describe('keys', () => {
    test('every key of a model carries its hash tag, so all of them live on one cluster node', async () => {
      const registry = await redis.open();
      const lease = await redis.lead(registry);
      await registry.publish(
        publicationOf(lease, 1, { answer: { upTo: 0, version: 1, outcome: 'created' } }),
      );
      await registry.renewLease(lease, 'what it says of itself');
      await registry.askForRefit();
      await registry.moveAlias({
        alias: 'blue',
        version: 1,
        expectedRevision: 0,
        held: true,
        reason: 'r',
        actor: 'a',
        at: AT,
      });
      const { changes: _, ...keys } = keysOf(redis.model);
      expect(await redis.storedKeys()).toEqual(Object.values(keys).sort());
      for (const key of Object.values(keysOf(redis.model)))
        expect(key.startsWith(`alder:{${redis.model}}:`)).toBe(true);
    });

    test('two models on one server do not see each other', async () => {
      const registry = await redis.open();
      await registry.publish(publicationOf(await redis.lead(registry), 1));
      redis.forget(`${redis.model}-b`);
      const other = await redis.open({ model: `${redis.model}-b` });
      expect((await other.loadState()).newest).toBeNull();
      expect(other.registryId).not.toBe(registry.registryId);
    });
  });

  describe('scripts', () => {
    test('a server that lost its scripts gets them again', async () => {
      const registry = await redis.open();
      await redis.admin.script('FLUSH');
      expect(await registry.askForRefit()).toBe(1);
    });

    test('numbers stay exact up to 2^53 - 1', async () => {
      const registry = await redis.open();
      const state = {
        'lease.epoch': '9007199254740990',
        'lease.holder': 'x',
        'lease.beat': '9007199254740989',
        requested: '9007199254740990',
      };
      await redis.admin.hset(keysOf(redis.model).state, state);
      const renewed = await registry.renewLease((await registry.loadState()).lease!);
      expect(renewed?.beat).toBe(Number.MAX_SAFE_INTEGER - 1);
      expect((await registry.takeLease(renewed, 'y'))?.epoch).toBe(Number.MAX_SAFE_INTEGER);
      expect(await registry.askForRefit()).toBe(Number.MAX_SAFE_INTEGER);
      expect((await registry.loadState()).lease).toEqual({
        epoch: Number.MAX_SAFE_INTEGER,
        holder: 'y',
        beat: 0,
      });
    });

    test.each(['trees', 'journal', 'records'] as const)(
      'a publish that cannot write its %s writes nothing at all',
      async (part) => {
        const registry = await redis.open();
        const lease = await redis.lead(registry);
        await redis.admin.set(keysOf(redis.model)[part], 'something else');
        await failureOf(registry.publish(publicationOf(lease, 1)));
        expect(await registry.loadState()).toMatchObject({ newest: null, aliases: {} });
        expect(await redis.storedKeys()).toEqual(
          [keysOf(redis.model)[part], keysOf(redis.model).state].sort(),
        );
      },
    );

    test('the journal has its newest entries and no more', async () => {
      const registry = await redis.open();
      await registry.publish(publicationOf(await redis.lead(registry), 1, { promote: false }));
      const entries = Array.from({ length: JOURNAL_ENTRIES_MAX }, (_, i) =>
        JSON.stringify({ reason: `old ${i}` }),
      );
      await redis.admin.rpush(keysOf(redis.model).journal, ...entries);
      await registry.moveAlias({
        alias: 'blue',
        version: 1,
        expectedRevision: 0,
        held: false,
        reason: '"new"\n',
        actor: 'é',
        at: AT,
      });
      expect(await redis.admin.llen(keysOf(redis.model).journal)).toBe(JOURNAL_ENTRIES_MAX);
      expect(await registry.journal(1)).toEqual([
        { alias: 'blue', from: null, to: 1, revision: 1, reason: '"new"\n', actor: 'é', at: AT },
      ]);
      expect((await registry.journal(JOURNAL_ENTRIES_MAX))[0]).toEqual({ reason: 'old 1' });
      expect(await registry.journal(0)).toEqual([]);
    });

    test('a tree of 16 MiB comes back byte for byte', async () => {
      const registry = await redis.open();
      const treeText = 'é'.repeat(8 * 1_048_576);
      expect(await registry.publish(publicationOf(await redis.lead(registry), 1, { treeText }))).toBe('done');
      expect((await registry.loadTree(1)) === treeText).toBe(true);
    });
  });
});

import fc from 'fast-check';
import { CHAMPION } from '../../shared/model-registry/aliases';
import type { Lease, ModelRegistry, RegistryState } from '../../shared/model-registry/model-registry';
import { describeLive } from '../support/live';
import { MemoryModelRegistry } from '../support/memory-model-registry';
import { AT, publicationOf, useRedisRegistries } from '../support/redis-registries';

/** One call, chosen by small numbers, so that two registries in the same state get the same call. */
interface Step {
  readonly call: 'take' | 'renew' | 'release' | 'publish' | 'repeat' | 'move' | 'ask' | 'answer';
  /** 0 makes the call as it should be; other numbers spoil one of its facts. */
  readonly fault: number;
  readonly version: number;
  readonly flag: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  call: fc.constantFrom('take', 'renew', 'release', 'publish', 'publish', 'repeat', 'move', 'ask', 'answer'),
  fault: fc.constantFrom(0, 0, 0, 1, 2, 3),
  version: fc.integer({ min: 1, max: 6 }),
  flag: fc.boolean(),
});

const stranger: Lease = { epoch: 99, holder: 'stranger', beat: 0 };

function leaseFor(state: RegistryState, fault: number): Lease {
  const lease = state.lease ?? stranger;
  if (fault === 1) return { ...lease, epoch: lease.epoch + 1 };
  if (fault === 2) return { ...lease, holder: 'stranger' };
  return fault === 3 ? { ...lease, beat: lease.beat + 1 } : lease;
}

async function make(registry: ModelRegistry, { call, fault, version, flag }: Step): Promise<unknown> {
  const state = await registry.loadState();
  const own = leaseFor(state, fault);
  const champion = state.aliases[CHAMPION];
  const newest = state.newest?.version ?? 0;
  switch (call) {
    case 'take':
      return registry.takeLease(fault === 0 ? state.lease : own, flag ? 'a' : 'b');
    case 'renew':
      return registry.renewLease(own, flag ? `report ${version}` : undefined);
    case 'release':
      return registry.releaseLease(own);
    case 'publish':
    case 'repeat': {
      const number = call === 'repeat' ? Math.max(1, newest) : newest + (fault === 3 ? 2 : 1);
      return registry.publish(
        publicationOf(own, number, {
          lease: version === 6 ? null : own,
          parent: fault === 3 ? { version: 1, recordDigest: 'other' } : state.newest,
          championRevision: (champion?.revision ?? 0) + (version === 5 ? 1 : 0),
          promote: flag,
          keepVersions: version,
          keepFrom: version === 4 ? newest : 1,
          answer: flag ? { upTo: state.requested, version: number, outcome: 'created' } : null,
        }),
      );
    }
    case 'move': {
      const alias = version % 2 === 0 ? CHAMPION : 'blue';
      const expectedRevision = (state.aliases[alias]?.revision ?? 0) + (fault === 1 ? 1 : 0);
      const target = fault === 2 ? 999 : Math.max(1, newest - (version % 3));
      const words = { reason: 'because', actor: 'person anna', at: AT };
      return registry.moveAlias({ alias, version: target, expectedRevision, held: flag, ...words });
    }
    case 'ask':
      return registry.askForRefit();
    case 'answer': {
      const upTo = Math.max(0, state.requested - (version % 3));
      return registry.answerRefit(own, { upTo, version: newest === 0 ? null : newest, outcome: 'unchanged' });
    }
  }
}

async function everything(registry: ModelRegistry) {
  return {
    state: await registry.loadState(),
    report: await registry.loadReport(),
    versions: await registry.listVersions(),
    journal: await registry.journal(100),
  };
}

describeLive('the rules of the registry in Lua', ({ redisUrl }) => {
  const redis = useRedisRegistries(redisUrl);

  test('any history of calls has the same replies and states by the rules in Lua and in TypeScript', async () => {
    const seen = new Set<unknown>();
    let histories = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
        const model = `${redis.model}-${++histories}`;
        redis.forget(model);
        const inLua = await redis.open({ model });
        const inTypeScript = new MemoryModelRegistry(model);
        // A history without a lease would only be refused.
        for (const each of [{ call: 'take', fault: 0, version: 1, flag: true } as const, ...steps]) {
          const expected = await make(inTypeScript, each);
          expect(await make(inLua, each)).toEqual(expected);
          expect(await everything(inLua)).toEqual(await everything(inTypeScript));
          if (typeof expected === 'string') seen.add(expected);
        }
        await inLua.close();
      }),
      { seed: 11, numRuns: 40 },
    );
    expect([...seen].sort()).toEqual(['already', 'beaten', 'champion-moved', 'done', 'fenced', 'held']);
  }, 60_000);
});

import type { ModelRegistry } from '../../shared/model-registry/model-registry';
import { publishNext, takeLease } from '../support/publications';
import { aliasesContract } from './model-registry/aliases';
import { identityContract } from './model-registry/identity';
import { journalContract } from './model-registry/journal';
import { leaseContract } from './model-registry/lease';
import type { OpenedRegistry } from './model-registry/opened-registry';
import { publishContract } from './model-registry/publish';
import { refitRequestsContract } from './model-registry/refit-requests';
import { retentionContract } from './model-registry/retention';
import { watchContract } from './model-registry/watch';

/** An empty registry of one model. The suite closes the handles of `reopen`; `cleanUp` closes the rest. */
interface ModelRegistryUnderTest {
  readonly registry: ModelRegistry;
  /** Another handle on the same model. */
  reopen(): Promise<ModelRegistry>;
  cleanUp(): Promise<void>;
}

/** Every promise of the ModelRegistry port, for any adapter. */
export function modelRegistryContract(name: string, open: () => Promise<ModelRegistryUnderTest>): void {
  describe(`model registry contract: ${name}`, () => {
    const cleanUps: (() => Promise<void>)[] = [];

    afterEach(async () => {
      for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
    });

    async function opened(): Promise<OpenedRegistry> {
      const underTest = await open();
      cleanUps.push(() => underTest.cleanUp());
      return {
        registry: underTest.registry,
        reopen: async () => {
          const other = await underTest.reopen();
          cleanUps.push(() => other.close());
          return other;
        },
      };
    }

    identityContract(opened);
    leaseContract(opened);
    publishContract(opened);
    retentionContract(opened);
    aliasesContract(opened);
    journalContract(opened);
    watchContract(opened);
    refitRequestsContract(opened);

    test('closing one handle leaves the other one working, and closing twice is fine', async () => {
      const { registry, reopen } = await opened();
      const other = await reopen();
      await other.close();
      await other.close();
      await publishNext(registry, await takeLease(registry));
      expect(await registry.listVersions()).toEqual([1]);
    });
  });
}

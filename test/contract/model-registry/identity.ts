import { EMPTY_STATE } from '../../../shared/model-registry/registry-rules';
import { everythingIn } from '../../support/publications';
import type { OpenedRegistry } from './opened-registry';

/** What every registry promises of identity. */
export function identityContract(opened: () => Promise<OpenedRegistry>): void {
  describe('identity', () => {
    test('two handles on one model have the same name and the same random id', async () => {
      const { registry, reopen } = await opened();
      const other = await reopen();
      expect(registry.registryId).not.toBe('');
      expect([other.model, other.registryId]).toEqual([registry.model, registry.registryId]);
    });

    test('an emptied registry has another id', async () => {
      const ids = [(await opened()).registry.registryId, (await opened()).registry.registryId];
      expect(ids[0]).not.toBe(ids[1]);
    });

    test('a new registry holds nothing', async () => {
      const { registry } = await opened();
      expect(await everythingIn(registry)).toEqual({
        state: EMPTY_STATE,
        journal: [],
        versions: [],
        records: [],
        trees: [],
      });
      expect(await registry.loadRecord(1)).toBeNull();
      expect(await registry.loadTree(1)).toBeNull();
    });
  });
}

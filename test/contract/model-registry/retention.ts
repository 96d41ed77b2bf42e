import { publishNext, takeLease } from '../../support/publications';
import { move, type OpenedRegistry } from './opened-registry';

/** What every registry promises of retention. */
export function retentionContract(opened: () => Promise<OpenedRegistry>): void {
  describe('retention', () => {
    test('retention spares the newest versions, the champion and the previous champion; others load as null', async () => {
      const { registry } = await opened();
      const lease = await takeLease(registry);
      const keepVersions = 2;
      await publishNext(registry, lease, { keepVersions });
      await publishNext(registry, lease, { keepVersions });
      for (let i = 0; i < 4; i++) await publishNext(registry, lease, { keepVersions, promote: false });
      // 2 is the champion, 1 was it before, 5 and 6 are the newest two.
      expect(await registry.listVersions()).toEqual([1, 2, 5, 6]);
      for (const version of [3, 4]) {
        expect(await registry.loadRecord(version)).toBeNull();
        expect(await registry.loadTree(version)).toBeNull();
      }
      expect(await registry.loadTree(1)).not.toBeNull();
    });

    test('retention spares an aliased version until no alias points at it', async () => {
      const { registry } = await opened();
      const lease = await takeLease(registry);
      for (let i = 0; i < 3; i++) await publishNext(registry, lease);
      await registry.moveAlias(move({ alias: 'summer', version: 1, expectedRevision: 0, held: false }));
      for (let i = 0; i < 3; i++) await publishNext(registry, lease, { keepVersions: 1 });
      expect(await registry.listVersions()).toEqual([1, 5, 6]);
      await registry.moveAlias(move({ alias: 'summer', version: 6, expectedRevision: 1, held: false }));
      await publishNext(registry, lease, { keepVersions: 1 });
      expect(await registry.listVersions()).toEqual([6, 7]);
    });

    test('the champion that a rollback left stays stored, so that the rollback can be undone', async () => {
      const { registry } = await opened();
      const lease = await takeLease(registry);
      await publishNext(registry, lease);
      await publishNext(registry, lease);
      await registry.moveAlias(move({ version: 1, expectedRevision: 2, held: true }));
      await publishNext(registry, lease, { keepVersions: 1, promote: false });
      await publishNext(registry, lease, { keepVersions: 1, promote: false });
      expect((await registry.loadState()).previousChampion).toBe(2);
      expect(await registry.listVersions()).toEqual([1, 2, 4]);
    });

    test('retention retires versions that are too old, but never the newest, an aliased or the live one', async () => {
      const { registry } = await opened();
      const lease = await takeLease(registry);
      for (let i = 0; i < 6; i++) await publishNext(registry, lease, { promote: i < 2 });
      await registry.moveAlias(move({ alias: 'summer', version: 3, expectedRevision: 0, held: false }));
      await publishNext(registry, lease, { promote: false, keepFrom: 6 });
      // 2 is the champion, 1 was it before, 3 has an alias.
      expect(await registry.listVersions()).toEqual([1, 2, 3, 6, 7]);
      await publishNext(registry, lease, { promote: false, keepFrom: 100 });
      expect(await registry.listVersions()).toEqual([1, 2, 3, 8]);
    });

    test('a tree is retired together with its record', async () => {
      const { registry } = await opened();
      const lease = await takeLease(registry);
      for (let i = 0; i < 5; i++) await publishNext(registry, lease, { keepVersions: 2, keepFrom: i });
      for (let version = 1; version <= 5; version++) {
        const [record, tree] = [await registry.loadRecord(version), await registry.loadTree(version)];
        expect(record === null).toBe(tree === null);
      }
    });
  });
}

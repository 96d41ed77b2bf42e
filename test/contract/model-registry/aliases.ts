import { everythingIn, publishNext, takeLease } from '../../support/publications';
import { move, type OpenedRegistry } from './opened-registry';

/** What every registry promises of aliases. */
export function aliasesContract(opened: () => Promise<OpenedRegistry>): void {
  describe('aliases', () => {
    test('a new alias begins at revision 1, and each move raises it', async () => {
      const { registry } = await opened();
      const lease = await takeLease(registry);
      await publishNext(registry, lease);
      await publishNext(registry, lease);
      const made = await registry.moveAlias(move({ alias: 'challenger', version: 2, expectedRevision: 0 }));
      expect(made).toEqual({ outcome: 'moved', value: { version: 2, revision: 1, held: true } });
      const moved = await registry.moveAlias(move({ alias: 'challenger', expectedRevision: 1, held: false }));
      expect(moved).toEqual({ outcome: 'moved', value: { version: 1, revision: 2, held: false } });
      const state = await registry.loadState();
      expect(state.aliases.challenger).toEqual({ version: 1, revision: 2, held: false });
      expect(state.previousChampion).toBe(1);
    });

    test('a moved champion leaves a previous champion; holding or releasing it in place does not', async () => {
      const { registry } = await opened();
      const lease = await takeLease(registry);
      for (let i = 0; i < 3; i++) await publishNext(registry, lease);
      await registry.moveAlias(move({ version: 1, expectedRevision: 3 }));
      expect((await registry.loadState()).previousChampion).toBe(3);
      await registry.moveAlias(move({ version: 1, expectedRevision: 4, held: false }));
      expect((await registry.loadState()).previousChampion).toBe(3);
    });

    test('a move that expects another revision is stale, names the value, and writes nothing', async () => {
      const { registry } = await opened();
      await publishNext(registry, await takeLease(registry));
      const before = await everythingIn(registry);
      const value = { version: 1, revision: 1, held: false };
      expect(await registry.moveAlias(move({ expectedRevision: 0 }))).toEqual({ outcome: 'stale', value });
      expect(await registry.moveAlias(move({ expectedRevision: 2 }))).toEqual({ outcome: 'stale', value });
      expect(await registry.moveAlias(move({ alias: 'other', expectedRevision: 1 }))).toEqual({
        outcome: 'stale',
        value: null,
      });
      expect(await everythingIn(registry)).toEqual(before);
    });

    test('a move to a version that is not stored is refused as unknown, and writes nothing', async () => {
      const { registry } = await opened();
      await publishNext(registry, await takeLease(registry));
      const before = await everythingIn(registry);
      expect(await registry.moveAlias(move({ version: 7 }))).toEqual({ outcome: 'unknown-version' });
      expect(await everythingIn(registry)).toEqual(before);
    });

    test('a move checks the revision before the version', async () => {
      const { registry } = await opened();
      await publishNext(registry, await takeLease(registry));
      expect(await registry.moveAlias(move({ version: 7, expectedRevision: 5 }))).toMatchObject({
        outcome: 'stale',
      });
    });

    test('exactly one of several simultaneous moves is made', async () => {
      const { registry, reopen } = await opened();
      const other = await reopen();
      await publishNext(registry, await takeLease(registry));
      const moved = await Promise.all([
        registry.moveAlias(move({ actor: 'anna' })),
        other.moveAlias(move({ actor: 'ben' })),
        registry.moveAlias(move({ actor: 'cleo' })),
      ]);
      expect(moved.filter(({ outcome }) => outcome === 'moved')).toHaveLength(1);
      expect(moved.filter(({ outcome }) => outcome === 'stale')).toHaveLength(2);
      expect((await registry.loadState()).aliases.champion?.revision).toBe(2);
      expect(await registry.journal(10)).toHaveLength(2);
    });
  });
}

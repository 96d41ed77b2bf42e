import { PUBLISHED_AT, publishNext, takeLease } from '../../support/publications';
import { move, type OpenedRegistry } from './opened-registry';

/** What every registry promises of the journal. */
export function journalContract(opened: () => Promise<OpenedRegistry>): void {
  describe('the journal', () => {
    test('the journal has every move, the oldest first, with actor and reason', async () => {
      const { registry } = await opened();
      const lease = await takeLease(registry);
      await publishNext(registry, lease, { reason: 'first' });
      await publishNext(registry, lease, { reason: 'not-worse' });
      await registry.moveAlias(move({ expectedRevision: 2, reason: 'it was better', actor: 'anna' }));
      await registry.moveAlias(move({ alias: 'summer', version: 2, expectedRevision: 0, reason: 'keep it' }));
      const told = { actor: 'trainer-a', at: PUBLISHED_AT };
      expect(await registry.journal(10)).toEqual([
        { alias: 'champion', from: null, to: 1, revision: 1, reason: 'first', ...told },
        { alias: 'champion', from: 1, to: 2, revision: 2, reason: 'not-worse', ...told },
        { alias: 'champion', from: 2, to: 1, revision: 3, reason: 'it was better', ...told, actor: 'anna' },
        { alias: 'summer', from: null, to: 2, revision: 1, reason: 'keep it', ...told, actor: 'anna' },
      ]);
    });

    test('the journal gives the newest entries when asked for fewer', async () => {
      const { registry } = await opened();
      const lease = await takeLease(registry);
      for (let i = 0; i < 12; i++) await publishNext(registry, lease);
      expect((await registry.journal(3)).map(({ to }) => to)).toEqual([10, 11, 12]);
      expect(await registry.journal(100)).toHaveLength(12);
    });
  });
}

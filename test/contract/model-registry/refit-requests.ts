import { everythingIn, publishNext, takeLease } from '../../support/publications';
import type { OpenedRegistry } from './opened-registry';

/** What every registry promises of refit requests. */
export function refitRequestsContract(opened: () => Promise<OpenedRegistry>): void {
  describe('refit requests', () => {
    test('every request gets the next ticket, also from several handles at once', async () => {
      const { registry, reopen } = await opened();
      const other = await reopen();
      expect(await registry.askForRefit()).toBe(1);
      const tickets = await Promise.all([
        registry.askForRefit(),
        other.askForRefit(),
        registry.askForRefit(),
      ]);
      expect(tickets.sort()).toEqual([2, 3, 4]);
      expect((await registry.loadState()).requested).toBe(4);
    });

    test('publishing answers refit requests in the same step', async () => {
      const { registry } = await opened();
      const lease = await takeLease(registry);
      const upTo = await registry.askForRefit();
      const answer = { upTo, version: 1, outcome: 'created' } as const;
      await publishNext(registry, lease, { answer });
      expect((await registry.loadState()).answered).toEqual(answer);
    });

    test('publishing without an answer leaves the last one', async () => {
      const { registry } = await opened();
      const lease = await takeLease(registry);
      const answer = { upTo: await registry.askForRefit(), version: 1, outcome: 'created' } as const;
      await publishNext(registry, lease, { answer });
      await publishNext(registry, lease, { answer: null });
      expect((await registry.loadState()).answered).toEqual(answer);
    });

    test.each(['unchanged', 'no-rows', 'no-fitted-row'] as const)(
      'can be answered alone with %s',
      async (outcome) => {
        const { registry } = await opened();
        const lease = await takeLease(registry);
        await registry.renewLease(lease);
        const upTo = await registry.askForRefit();
        const answer = { upTo, version: null, outcome };
        expect(await registry.answerRefit(lease, answer)).toBe(true);
        expect((await registry.loadState()).answered).toEqual(answer);
      },
    );

    test('an answer that arrives after a newer one changes nothing', async () => {
      const { registry } = await opened();
      const lease = await takeLease(registry);
      const first = { upTo: await registry.askForRefit(), version: null, outcome: 'no-rows' } as const;
      const second = { upTo: await registry.askForRefit(), version: null, outcome: 'no-rows' } as const;
      expect(await registry.answerRefit(lease, second)).toBe(true);
      expect(await registry.answerRefit(lease, first)).toBe(true);
      expect((await registry.loadState()).answered).toEqual(second);
    });

    test('a trainer that lost the lease answers no refit request', async () => {
      const { registry } = await opened();
      const lost = await takeLease(registry, 'a');
      const upTo = await registry.askForRefit();
      await takeLease(registry, 'b');
      const before = await everythingIn(registry);
      expect(await registry.answerRefit(lost, { upTo, version: null, outcome: 'no-rows' })).toBe(false);
      expect(await everythingIn(registry)).toEqual(before);
    });
  });
}

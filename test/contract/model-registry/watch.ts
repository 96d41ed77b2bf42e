import type { ModelRegistry, RegistryState } from '../../../shared/model-registry/model-registry';
import { publishNext, takeLease } from '../../support/publications';
import type { OpenedRegistry } from './opened-registry';

/** What every registry promises of watch. */
export function watchContract(opened: () => Promise<OpenedRegistry>): void {
  describe('watch', () => {
    const POLL_MS = 200;

    /** States of a watch until one fits; throws when that takes longer than ten seconds. */
    async function watchUntil(
      registry: ModelRegistry,
      fits: (state: RegistryState) => boolean,
      onFirst: () => Promise<unknown> = async () => {},
    ): Promise<RegistryState[]> {
      const states: RegistryState[] = [];
      for await (const state of registry.watch({ pollMs: POLL_MS }, AbortSignal.timeout(10_000))) {
        states.push(state);
        if (fits(state)) return states;
        if (states.length === 1) await onFirst();
      }
      throw new Error(`the watch gave ${states.length} states and none of them fits`);
    }

    test('a watch begins with the present state', async () => {
      const { registry } = await opened();
      await publishNext(registry, await takeLease(registry));
      const [first] = await watchUntil(registry, () => true);
      expect(first).toEqual(await registry.loadState());
    });

    test.each(['the same handle', 'another handle'])(
      'a watch shows a change by %s within a second',
      async (who) => {
        const { registry, reopen } = await opened();
        const writer = who === 'another handle' ? await reopen() : registry;
        let changedAt = 0;
        const states = await watchUntil(
          registry,
          ({ newest }) => newest?.version === 1,
          async () => {
            await publishNext(writer, await takeLease(writer));
            changedAt = performance.now();
          },
        );
        expect(performance.now() - changedAt).toBeLessThan(1_000);
        expect(states.at(-1)).toEqual(await writer.loadState());
      },
    );

    test('a watch shows refit requests and heartbeats', async () => {
      const { registry, reopen } = await opened();
      const other = await reopen();
      const lease = await takeLease(other);
      await watchUntil(
        registry,
        ({ requested }) => requested === 1,
        () => other.askForRefit(),
      );
      await watchUntil(
        registry,
        (state) => state.lease?.beat === 1,
        () => other.renewLease(lease),
      );
    });

    test('a watch gives the state at least every pollMs, changed or not', async () => {
      const { registry } = await opened();
      let count = 0;
      const began = performance.now();
      await watchUntil(registry, () => ++count === 4);
      expect(performance.now() - began).toBeLessThan(3 * POLL_MS + 1_000);
    });

    test('a slow reader gets the newest state next, not every state between', async () => {
      const { registry } = await opened();
      const states = await watchUntil(
        registry,
        ({ requested }) => requested === 20,
        async () => {
          for (let i = 0; i < 20; i++) await registry.askForRefit();
        },
      );
      // A state that was under way already when the changes came may precede the newest one.
      expect(states.length).toBeLessThanOrEqual(4);
    });

    test('an abort ends a watch within a second and without a throw', async () => {
      const { registry } = await opened();
      const stop = new AbortController();
      const states = registry.watch({ pollMs: 60_000 }, stop.signal)[Symbol.asyncIterator]();
      expect((await states.next()).done).toBe(false);
      const waiting = states.next();
      await registry.loadState();
      const began = performance.now();
      stop.abort();
      // A change may have been under way; the end comes right after it.
      if (!(await waiting).done) expect((await states.next()).done).toBe(true);
      expect(performance.now() - began).toBeLessThan(1_000);
    });

    test('a watch with an aborted signal gives no state', async () => {
      const { registry } = await opened();
      for await (const state of registry.watch({ pollMs: POLL_MS }, AbortSignal.abort())) {
        throw new Error(`a state came: ${JSON.stringify(state)}`);
      }
    });

    test('two watchers of one registry both see a change', async () => {
      const { registry, reopen } = await opened();
      const other = await reopen();
      const seen = Promise.all([
        watchUntil(registry, ({ requested }) => requested === 1),
        watchUntil(other, ({ requested }) => requested === 1),
      ]);
      await registry.askForRefit();
      expect((await seen).map((states) => states.at(-1)?.requested)).toEqual([1, 1]);
    });
  });
}

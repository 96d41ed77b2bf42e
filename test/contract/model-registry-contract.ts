import {
  type AliasMove,
  CHAMPION,
  EMPTY_STATE,
  type ModelRegistry,
  type RegistryState,
} from '../../shared/model-registry/model-registry';
import { everythingIn, nextPublication, PUBLISHED_AT, publishNext, takeLease } from '../support/publications';

/** An empty registry of one model. The suite closes what `reopen` gave; `cleanUp` closes the rest. */
export interface ModelRegistryUnderTest {
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

    async function opened(): Promise<{ registry: ModelRegistry; reopen(): Promise<ModelRegistry> }> {
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

    const move = (changes: Partial<AliasMove>): AliasMove => ({
      alias: CHAMPION,
      version: 1,
      expectedRevision: 1,
      held: true,
      reason: 'rollback',
      actor: 'anna',
      at: PUBLISHED_AT,
      ...changes,
    });

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

    describe('the lease', () => {
      test('the first taker gets epoch 1 and beat 0', async () => {
        const { registry } = await opened();
        expect(await registry.takeLease(null, 'a')).toEqual({ epoch: 1, holder: 'a', beat: 0 });
        expect((await registry.loadState()).lease).toEqual({ epoch: 1, holder: 'a', beat: 0 });
      });

      test('whoever saw the lease as it is takes it with the next epoch', async () => {
        const { registry } = await opened();
        const first = await takeLease(registry, 'a');
        const renewed = await registry.renewLease(first);
        expect(renewed).toEqual({ epoch: 1, holder: 'a', beat: 1 });
        expect(await registry.takeLease(renewed, 'b')).toEqual({ epoch: 2, holder: 'b', beat: 0 });
      });

      test('a taker that saw an older beat, another holder or no lease gets null and changes nothing', async () => {
        const { registry } = await opened();
        const first = await takeLease(registry, 'a');
        const renewed = await registry.renewLease(first);
        expect(await registry.takeLease(first, 'b')).toBeNull();
        expect(await registry.takeLease(null, 'b')).toBeNull();
        expect(await registry.takeLease({ epoch: 1, holder: 'c', beat: 1 }, 'b')).toBeNull();
        expect(await registry.takeLease({ epoch: 2, holder: 'a', beat: 1 }, 'b')).toBeNull();
        expect((await registry.loadState()).lease).toEqual(renewed);
      });

      test('a lease that was never taken cannot be taken over', async () => {
        const { registry } = await opened();
        expect(await registry.takeLease({ epoch: 1, holder: 'a', beat: 0 }, 'b')).toBeNull();
        expect(await registry.loadState()).toEqual(EMPTY_STATE);
      });

      test('of several that take it at once exactly one gets it', async () => {
        const { registry, reopen } = await opened();
        const other = await reopen();
        for (let epoch = 1; epoch <= 3; epoch++) {
          const seen = (await registry.loadState()).lease;
          const takers = [registry, other, registry, other];
          const taken = await Promise.all(takers.map((taker, i) => taker.takeLease(seen, `taker-${i}`)));
          const winners = taken.filter((lease) => lease !== null);
          expect(winners).toHaveLength(1);
          expect(winners[0]?.epoch).toBe(epoch);
          expect((await other.loadState()).lease).toEqual(winners[0]);
        }
      });

      test('renewing takes the very beat that is held: a second renewal of it gets null', async () => {
        const { registry } = await opened();
        const lease = await takeLease(registry);
        expect(await registry.renewLease(lease)).toEqual({ ...lease, beat: 1 });
        expect(await registry.renewLease(lease)).toBeNull();
        expect((await registry.loadState()).lease?.beat).toBe(1);
      });

      test('a holder whose lease was taken cannot renew it', async () => {
        const { registry } = await opened();
        const lost = await takeLease(registry, 'a');
        const held = await registry.takeLease(lost, 'b');
        expect(await registry.renewLease(lost)).toBeNull();
        expect((await registry.loadState()).lease).toEqual(held);
      });

      test('releasing leaves the epoch and no holder, whatever the beat, and the next one takes it at once', async () => {
        const { registry } = await opened();
        const lease = await takeLease(registry, 'a');
        await registry.renewLease(lease);
        await registry.releaseLease(lease);
        const released = (await registry.loadState()).lease;
        expect(released).toMatchObject({ epoch: 1, holder: '' });
        expect(await registry.renewLease(lease)).toBeNull();
        expect(await registry.takeLease(released, 'b')).toEqual({ epoch: 2, holder: 'b', beat: 0 });
      });

      test('releasing a lease that is somebody else’s does nothing', async () => {
        const { registry } = await opened();
        const lost = await takeLease(registry, 'a');
        const held = await registry.takeLease(lost, 'b');
        await registry.releaseLease(lost);
        expect((await registry.loadState()).lease).toEqual(held);
      });
    });

    describe('publish', () => {
      test('stores record and tree as they are, moves newest and champion, and journals it', async () => {
        const { registry, reopen } = await opened();
        const lease = await takeLease(registry);
        const publication = await publishNext(registry, lease, { reason: 'first' });
        const other = await reopen();
        expect(await other.loadRecord(1)).toBe(publication.recordText);
        expect(await other.loadTree(1)).toBe(publication.treeText);
        expect(await other.listVersions()).toEqual([1]);
        expect(await other.loadState()).toEqual({
          lease,
          newest: { version: 1, recordDigest: publication.recordDigest },
          aliases: { champion: { version: 1, revision: 1, held: false } },
          previousChampion: null,
          requested: 0,
          answered: null,
        } satisfies RegistryState);
        expect(await other.journal(10)).toEqual([
          {
            alias: CHAMPION,
            from: null,
            to: 1,
            revision: 1,
            reason: 'first',
            actor: 'trainer-a',
            at: PUBLISHED_AT,
          },
        ]);
      });

      test('a promotion moves the champion with the next revision and remembers the one before', async () => {
        const { registry } = await opened();
        const lease = await takeLease(registry);
        await publishNext(registry, lease);
        await publishNext(registry, lease);
        const state = await registry.loadState();
        expect(state.aliases).toEqual({ champion: { version: 2, revision: 2, held: false } });
        expect(state.previousChampion).toBe(1);
        expect((await registry.journal(10)).map(({ from, to, revision }) => [from, to, revision])).toEqual([
          [null, 1, 1],
          [1, 2, 2],
        ]);
      });

      test('a version that is not promoted is the newest, and champion and journal stay', async () => {
        const { registry } = await opened();
        const lease = await takeLease(registry);
        await publishNext(registry, lease);
        const { recordDigest } = await publishNext(registry, lease, { promote: false });
        const state = await registry.loadState();
        expect(state.newest).toEqual({ version: 2, recordDigest });
        expect(state.aliases).toEqual({ champion: { version: 1, revision: 1, held: false } });
        expect(state.previousChampion).toBeNull();
        expect(await registry.journal(10)).toHaveLength(1);
        expect(await registry.listVersions()).toEqual([1, 2]);
      });

      test('the beat may have moved on since the lease was taken', async () => {
        const { registry } = await opened();
        const lease = await takeLease(registry);
        const renewed = await registry.renewLease(lease);
        await publishNext(registry, lease);
        expect((await registry.loadState()).lease).toEqual(renewed);
      });

      test('the same bytes again after a lost reply are `already`, and nothing moves twice', async () => {
        const { registry, reopen } = await opened();
        const publication = await publishNext(registry, await takeLease(registry));
        const before = await everythingIn(registry);
        expect(await registry.publish(publication)).toBe('already');
        expect(await (await reopen()).publish(publication)).toBe('already');
        expect(await everythingIn(registry)).toEqual(before);
      });

      test('`already` comes before every other answer: the lease lost, a newer version, the champion moved', async () => {
        const { registry } = await opened();
        const lease = await takeLease(registry, 'a');
        const publication = await publishNext(registry, lease);
        await publishNext(registry, lease);
        await registry.moveAlias(move({ expectedRevision: 2 }));
        await takeLease(registry, 'b');
        expect(await registry.publish(publication)).toBe('already');
      });

      test('other bytes under a number that is taken are `beaten`', async () => {
        const { registry } = await opened();
        const publication = await publishNext(registry, await takeLease(registry));
        const before = await everythingIn(registry);
        expect(await registry.publish({ ...publication, treeText: '{"other":1}' })).toBe('beaten');
        expect(await registry.publish({ ...publication, recordText: '{"other":1}' })).toBe('beaten');
        expect(await everythingIn(registry)).toEqual(before);
      });

      test.each([
        [
          'another holder took the lease',
          async (registry: ModelRegistry) => void (await takeLease(registry, 'b')),
        ],
        [
          'the same holder took it anew',
          async (registry: ModelRegistry) => void (await takeLease(registry, 'trainer-a')),
        ],
        [
          'the lease was given up',
          async (registry: ModelRegistry) => {
            const { lease } = await registry.loadState();
            if (lease !== null) await registry.releaseLease(lease);
          },
        ],
      ])('is `fenced` when %s, and writes nothing', async (_, lose) => {
        const { registry } = await opened();
        const lease = await takeLease(registry);
        await publishNext(registry, lease);
        await registry.askForRefit();
        await lose(registry);
        const before = await everythingIn(registry);
        const answer = { upTo: 1, version: 2, outcome: 'created' } as const;
        const publication = nextPublication(await registry.loadState(), lease, { answer, keepVersions: 1 });
        expect(await registry.publish(publication)).toBe('fenced');
        expect(await everythingIn(registry)).toEqual(before);
      });

      test('is `fenced` when no lease was ever taken', async () => {
        const { registry } = await opened();
        const lease = { epoch: 1, holder: 'a', beat: 0 };
        expect(await registry.publish(nextPublication(EMPTY_STATE, lease))).toBe('fenced');
        expect(await registry.loadState()).toEqual(EMPTY_STATE);
      });

      test('is `beaten` when the newest version or its digest is another, and writes nothing', async () => {
        const { registry } = await opened();
        const lease = await takeLease(registry);
        const behind = nextPublication(await registry.loadState(), lease, { recordText: '{"late":1}' });
        await publishNext(registry, lease);
        await publishNext(registry, lease);
        const before = await everythingIn(registry);
        const state = await registry.loadState();
        const parent = { version: 2, recordDigest: 'f'.repeat(64) };
        expect(await registry.publish(behind)).toBe('beaten');
        expect(await registry.publish(nextPublication(state, lease, { parent }))).toBe('beaten');
        const another = nextPublication(EMPTY_STATE, lease, { recordText: '{"first":1}' });
        expect(await registry.publish(another)).toBe('beaten');
        expect(await everythingIn(registry)).toEqual(before);
      });

      test('is `beaten` when it names a parent and there is none', async () => {
        const { registry } = await opened();
        const lease = await takeLease(registry);
        const parent = { version: 1, recordDigest: 'f'.repeat(64) };
        expect(await registry.publish(nextPublication(EMPTY_STATE, lease, { version: 2, parent }))).toBe(
          'beaten',
        );
        expect(await registry.listVersions()).toEqual([]);
      });

      test('is `held` when it would promote past a champion that a person holds, and writes nothing', async () => {
        const { registry } = await opened();
        const lease = await takeLease(registry);
        await publishNext(registry, lease);
        await publishNext(registry, lease);
        await registry.moveAlias(move({ version: 1, expectedRevision: 2, held: true }));
        const before = await everythingIn(registry);
        const state = await registry.loadState();
        expect(await registry.publish(nextPublication(state, lease))).toBe('held');
        expect(await registry.publish(nextPublication(state, lease, { championRevision: 2 }))).toBe('held');
        expect(await everythingIn(registry)).toEqual(before);
      });

      test('publishes past a held champion without promoting, and again promotes once it is released', async () => {
        const { registry } = await opened();
        const lease = await takeLease(registry);
        await publishNext(registry, lease);
        await registry.moveAlias(move({ version: 1, expectedRevision: 1, held: true }));
        await publishNext(registry, lease, { promote: false, reason: 'held' });
        expect((await registry.loadState()).aliases.champion).toEqual({
          version: 1,
          revision: 2,
          held: true,
        });
        await registry.moveAlias(move({ version: 1, expectedRevision: 2, held: false }));
        await publishNext(registry, lease);
        expect((await registry.loadState()).aliases.champion).toEqual({
          version: 3,
          revision: 4,
          held: false,
        });
      });

      test('is `champion-moved` when the champion is not the one it was judged against, promoting or not', async () => {
        const { registry } = await opened();
        const lease = await takeLease(registry);
        await publishNext(registry, lease);
        await publishNext(registry, lease);
        const judged = nextPublication(await registry.loadState(), lease);
        await registry.moveAlias(move({ version: 1, expectedRevision: 2, held: false }));
        const before = await everythingIn(registry);
        expect(await registry.publish(judged)).toBe('champion-moved');
        expect(await registry.publish({ ...judged, promote: false })).toBe('champion-moved');
        expect(await registry.publish({ ...judged, championRevision: 0 })).toBe('champion-moved');
        expect(await everythingIn(registry)).toEqual(before);
        expect(await registry.publish({ ...judged, championRevision: 3 })).toBe('done');
      });

      test('checks in the order of the port: fenced, beaten, held, champion-moved', async () => {
        const { registry } = await opened();
        const lost = await takeLease(registry, 'a');
        await publishNext(registry, lost);
        await registry.moveAlias(move({ version: 1, expectedRevision: 1, held: true }));
        const lease = await takeLease(registry, 'b');
        const wrong = nextPublication(await registry.loadState(), lost, {
          parent: null,
          championRevision: 9,
        });
        const { newest } = await registry.loadState();
        expect(await registry.publish({ ...wrong })).toBe('fenced');
        expect(await registry.publish({ ...wrong, lease })).toBe('beaten');
        expect(await registry.publish({ ...wrong, lease, parent: newest })).toBe('held');
        expect(await registry.publish({ ...wrong, lease, parent: newest, promote: false })).toBe(
          'champion-moved',
        );
      });

      test('of two publishers at once exactly one is done', async () => {
        const { registry, reopen } = await opened();
        const other = await reopen();
        const lease = await takeLease(registry);
        for (let version = 1; version <= 3; version++) {
          const state = await registry.loadState();
          const one = nextPublication(state, lease, { recordText: `{"one":${version}}` });
          const two = nextPublication(state, lease, { recordText: `{"two":${version}}` });
          const outcomes = await Promise.all([registry.publish(one), other.publish(two)]);
          expect([...outcomes].sort()).toEqual(['beaten', 'done']);
          const winner = outcomes[0] === 'done' ? one : two;
          expect(await registry.loadRecord(version)).toBe(winner.recordText);
          expect((await other.loadState()).newest).toEqual({ version, recordDigest: winner.recordDigest });
        }
      });

      test('stores a tree of a megabyte and a record with every kind of character', async () => {
        const { registry, reopen } = await opened();
        const treeText = JSON.stringify(Array.from({ length: 150_000 }, (_, i) => i / 8));
        const recordText = '{"text":"\\u0000 \\ud800 “quoted” 東京 🌲 \u007f"}';
        await publishNext(registry, await takeLease(registry), { treeText, recordText });
        const other = await reopen();
        expect((await other.loadTree(1)) === treeText).toBe(true);
        expect(await other.loadRecord(1)).toBe(recordText);
      });
    });

    describe('retention', () => {
      test('keeps the newest versions, the champion and the champion before it; others load as null', async () => {
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

      test('keeps what any alias points at, and lets it go once no alias does', async () => {
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
    });

    describe('aliases', () => {
      test('a new alias begins at revision 1, and each move raises it', async () => {
        const { registry } = await opened();
        const lease = await takeLease(registry);
        await publishNext(registry, lease);
        await publishNext(registry, lease);
        const made = await registry.moveAlias(move({ alias: 'challenger', version: 2, expectedRevision: 0 }));
        expect(made).toEqual({ outcome: 'moved', value: { version: 2, revision: 1, held: true } });
        const moved = await registry.moveAlias(
          move({ alias: 'challenger', expectedRevision: 1, held: false }),
        );
        expect(moved).toEqual({ outcome: 'moved', value: { version: 1, revision: 2, held: false } });
        const state = await registry.loadState();
        expect(state.aliases.challenger).toEqual({ version: 1, revision: 2, held: false });
        expect(state.previousChampion).toBe(1);
      });

      test('moving the champion remembers the one before; holding or releasing it in place does not', async () => {
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

      test('a version that is not stored is unknown, and writes nothing', async () => {
        const { registry } = await opened();
        await publishNext(registry, await takeLease(registry));
        const before = await everythingIn(registry);
        expect(await registry.moveAlias(move({ version: 7 }))).toEqual({ outcome: 'unknown-version' });
        expect(await everythingIn(registry)).toEqual(before);
      });

      test('the revision is checked before the version', async () => {
        const { registry } = await opened();
        await publishNext(registry, await takeLease(registry));
        expect(await registry.moveAlias(move({ version: 7, expectedRevision: 5 }))).toMatchObject({
          outcome: 'stale',
        });
      });

      test('of several moves at once exactly one is made', async () => {
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

    describe('the journal', () => {
      test('tells every move in order, the oldest first, with who and why', async () => {
        const { registry } = await opened();
        const lease = await takeLease(registry);
        await publishNext(registry, lease, { reason: 'first' });
        await publishNext(registry, lease, { reason: 'not-worse' });
        await registry.moveAlias(move({ expectedRevision: 2, reason: 'it was better', actor: 'anna' }));
        await registry.moveAlias(
          move({ alias: 'summer', version: 2, expectedRevision: 0, reason: 'keep it' }),
        );
        const told = { actor: 'trainer-a', at: PUBLISHED_AT };
        expect(await registry.journal(10)).toEqual([
          { alias: 'champion', from: null, to: 1, revision: 1, reason: 'first', ...told },
          { alias: 'champion', from: 1, to: 2, revision: 2, reason: 'not-worse', ...told },
          { alias: 'champion', from: 2, to: 1, revision: 3, reason: 'it was better', ...told, actor: 'anna' },
          { alias: 'summer', from: null, to: 2, revision: 1, reason: 'keep it', ...told, actor: 'anna' },
        ]);
      });

      test('gives the newest entries when asked for fewer', async () => {
        const { registry } = await opened();
        const lease = await takeLease(registry);
        for (let i = 0; i < 12; i++) await publishNext(registry, lease);
        expect((await registry.journal(3)).map(({ to }) => to)).toEqual([10, 11, 12]);
        expect(await registry.journal(100)).toHaveLength(12);
      });
    });

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

      test('begins with the state as it is now', async () => {
        const { registry } = await opened();
        await publishNext(registry, await takeLease(registry));
        const [first] = await watchUntil(registry, () => true);
        expect(first).toEqual(await registry.loadState());
      });

      test.each(['the same handle', 'another handle'])(
        'shows a change by %s within a second',
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

      test('shows a refit request and a beat of the lease as well', async () => {
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

      test('gives the state again at least every pollMs, changed or not', async () => {
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

      test('an abort ends it within a second and without a throw', async () => {
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

      test('a signal that was aborted before gives no state at all', async () => {
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

      test('publishing answers them in the same step', async () => {
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

      test('an answer that arrives after a newer one does not take that back', async () => {
        const { registry } = await opened();
        const lease = await takeLease(registry);
        const first = { upTo: await registry.askForRefit(), version: null, outcome: 'no-rows' } as const;
        const second = { upTo: await registry.askForRefit(), version: null, outcome: 'no-rows' } as const;
        expect(await registry.answerRefit(lease, second)).toBe(true);
        expect(await registry.answerRefit(lease, first)).toBe(true);
        expect((await registry.loadState()).answered).toEqual(second);
      });

      test('whoever lost the lease answers nothing', async () => {
        const { registry } = await opened();
        const lost = await takeLease(registry, 'a');
        const upTo = await registry.askForRefit();
        await takeLease(registry, 'b');
        const before = await everythingIn(registry);
        expect(await registry.answerRefit(lost, { upTo, version: null, outcome: 'no-rows' })).toBe(false);
        expect(await everythingIn(registry)).toEqual(before);
      });
    });

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

import { CHAMPION } from '../../../shared/model-registry/aliases';
import type { ModelRegistry, RegistryState } from '../../../shared/model-registry/model-registry';
import { EMPTY_STATE } from '../../../shared/model-registry/registry-rules';
import {
  everythingIn,
  nextPublication,
  PUBLISHED_AT,
  publishNext,
  takeLease,
} from '../../support/publications';
import { move, type OpenedRegistry } from './opened-registry';

/** What every registry promises of publish. */
export function publishContract(opened: () => Promise<OpenedRegistry>): void {
  describe('publish', () => {
    test('publishing stores record and tree as they are, moves newest and champion, and journals the move', async () => {
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

    test('a promotion moves the champion with the next revision and remembers the previous champion', async () => {
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

    test('a publish succeeds though the beat rose since the lease was taken', async () => {
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
    ])('publishing is `fenced` when %s, and writes nothing', async (_, lose) => {
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

    test('publishing is `fenced` when no lease was ever taken', async () => {
      const { registry } = await opened();
      const lease = { epoch: 1, holder: 'a', beat: 0 };
      expect(await registry.publish(nextPublication(EMPTY_STATE, lease))).toBe('fenced');
      expect(await registry.loadState()).toEqual(EMPTY_STATE);
    });

    test('a version that no trainer made needs no lease, and a trainer that was about to publish is `beaten`', async () => {
      const { registry } = await opened();
      expect(
        await registry.publish(
          nextPublication(EMPTY_STATE, { epoch: 1, holder: 'nobody', beat: 0 }, { lease: null }),
        ),
      ).toBe('done');
      const lease = await takeLease(registry);
      const state = await registry.loadState();
      const trainers = nextPublication(state, lease);
      const another = nextPublication(state, lease, { lease: null, recordText: 'another', promote: false });
      expect(await registry.publish(another)).toBe('done');
      expect(await registry.publish(another)).toBe('already');
      expect(await registry.publish(trainers)).toBe('beaten');
      expect(await registry.publish({ ...another, version: 3, recordText: 'a third' })).toBe('beaten');
      expect((await registry.loadState()).lease).toEqual(lease);
    });

    test('publishing is `beaten` when the newest version or its digest differs, and writes nothing', async () => {
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

    test('publishing is `beaten` when it names a parent and the registry is empty', async () => {
      const { registry } = await opened();
      const lease = await takeLease(registry);
      const parent = { version: 1, recordDigest: 'f'.repeat(64) };
      expect(await registry.publish(nextPublication(EMPTY_STATE, lease, { version: 2, parent }))).toBe(
        'beaten',
      );
      expect(await registry.listVersions()).toEqual([]);
    });

    test('a promotion is `held` while a person holds the champion, and writes nothing', async () => {
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

    test('a version is published without promotion beside a held champion, and promotes after the release', async () => {
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

    test('publishing is `champion-moved` when the candidate was judged against another champion, promoting or not', async () => {
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

    test('the checks follow the order of the port: fenced, beaten, held, champion-moved', async () => {
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

    test('exactly one of two simultaneous publishers is done', async () => {
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

    test('a tree of a megabyte and a record with every kind of character are stored as they are', async () => {
      const { registry, reopen } = await opened();
      const treeText = JSON.stringify(Array.from({ length: 150_000 }, (_, i) => i / 8));
      const recordText = '{"text":"\\u0000 \\ud800 “quoted” 東京 🌲 \u007f"}';
      await publishNext(registry, await takeLease(registry), { treeText, recordText });
      const other = await reopen();
      expect((await other.loadTree(1)) === treeText).toBe(true);
      expect(await other.loadRecord(1)).toBe(recordText);
    });
  });
}

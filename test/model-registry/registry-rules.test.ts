import fc from 'fast-check';
import type { AliasMove, Lease, RegistryState } from '../../shared/model-registry/model-registry';
import {
  afterMove,
  EMPTY_STATE,
  leaseReleased,
  leaseRenewed,
  leaseTaken,
  moveOutcome,
  retiredVersions,
} from '../../shared/model-registry/registry-rules';

const move = (changes: Partial<AliasMove>): AliasMove => ({
  alias: 'champion',
  version: 1,
  expectedRevision: 0,
  held: false,
  reason: 'because',
  actor: 'anna',
  at: '2026-11-03T10:00:00.000Z',
  ...changes,
});

describe('the registry’s rules', () => {
  test('an epoch is never given twice, however takers, renewals and releases follow each other', () => {
    const steps = fc.array(fc.constantFrom('take', 'renew', 'release'), { maxLength: 40 });
    fc.assert(
      fc.property(steps, (names) => {
        let lease: Lease | null = null;
        const taken: number[] = [];
        for (const name of names) {
          if (name === 'take') {
            lease = leaseTaken(lease, lease, 'a');
            taken.push(lease?.epoch ?? 0);
          } else if (lease !== null) {
            lease = (name === 'renew' ? leaseRenewed : leaseReleased)(lease, lease) ?? lease;
          }
        }
        expect(taken).toEqual(taken.map((_, i) => i + 1));
      }),
      { seed: 42 },
    );
  });

  test('an alias named like a property of every object begins at revision 1 like any other', () => {
    const named = move({ alias: 'constructor' });
    expect(moveOutcome(EMPTY_STATE, named, true)).toEqual({
      outcome: 'moved',
      value: { version: 1, revision: 1, held: false },
    });
    expect(afterMove(EMPTY_STATE, named).state.aliases).toEqual({
      constructor: { version: 1, revision: 1, held: false },
    });
  });

  test('a step does not change its argument', () => {
    const state: RegistryState = Object.freeze({ ...EMPTY_STATE, aliases: Object.freeze({}) });
    afterMove(state, move({}));
    expect(state.aliases).toEqual({});
  });

  describe('retention', () => {
    const champion = { version: 3, revision: 1, held: false };
    const state: RegistryState = { ...EMPTY_STATE, aliases: { champion }, previousChampion: 2 };

    test('retention retires all but the newest, the aliased and the previous champion, in any order', () => {
      expect(retiredVersions([1, 2, 3, 4, 5, 6], state, { keepVersions: 2, keepFrom: 1 })).toEqual([4, 1]);
      expect(retiredVersions([6, 1, 5, 2, 4, 3], state, { keepVersions: 2, keepFrom: 1 })).toEqual([4, 1]);
    });

    test('retention retires nothing while there are no more versions than it spares', () => {
      expect(retiredVersions([1, 2, 3], state, { keepVersions: 3, keepFrom: 1 })).toEqual([]);
      expect(retiredVersions([], state, { keepVersions: 1, keepFrom: 1 })).toEqual([]);
    });

    test('retention also retires versions that are too old, but never the newest', () => {
      expect(retiredVersions([1, 2, 3, 4, 5, 6], state, { keepVersions: 6, keepFrom: 5 })).toEqual([4, 1]);
      expect(retiredVersions([1, 2, 3, 4, 5, 6], state, { keepVersions: 6, keepFrom: 9 })).toEqual([5, 4, 1]);
    });

    test('retention compares numbers: 10 is newer than 9', () => {
      expect(retiredVersions([8, 9, 10], EMPTY_STATE, { keepVersions: 1, keepFrom: 1 })).toEqual([9, 8]);
    });
  });
});

import type { AliasValue, RegistryState } from '../../shared/model-registry/model-registry';
import { aliasedVersion, readSelector, versionNumber } from '../../shared/model-registry/resolve-version';

function state(newest: number | null, aliases: Record<string, number>): RegistryState {
  const values = Object.entries(aliases).map(([name, version]): [string, AliasValue] => [
    name,
    { version, revision: 1, held: false },
  ]);
  return {
    lease: null,
    newest: newest === null ? null : { version: newest, recordDigest: 'd' },
    aliases: Object.fromEntries(values),
    previousChampion: null,
    requested: 0,
    answered: null,
  };
}

test.each(['0', '01', '-1', '1.0', '1e3', ' 1', '', '1234567890123456'])(
  '%j is no version number',
  (text) => {
    expect(versionNumber(text)).toBeNull();
  },
);

test('the largest version number has fifteen digits', () => {
  expect(versionNumber('999999999999999')).toBe(999_999_999_999_999);
});

test.each(['champion', 'latest', 'challenger', 'my-own_2'])('%j names an alias', (text) => {
  expect(readSelector(text, {})).toEqual({ kind: 'alias', alias: text });
});

test('a name that begins with a digit is an alias only when that alias exists', () => {
  expect(readSelector('2nd', {})).toBeNull();
  expect(readSelector('2nd', state(3, { '2nd': 2 }).aliases)).toEqual({ kind: 'alias', alias: '2nd' });
});

test.each(['UPPER', '007', 'a b', '../x', 'x'.repeat(65)])('%j is neither a version nor an alias', (text) => {
  expect(readSelector(text, {})).toBeNull();
});

test('an alias gives the version that it points at, and an unknown one gives none', () => {
  const known = state(5, { champion: 3, mine: 2 });
  expect(aliasedVersion(known, 'champion')).toBe(3);
  expect(aliasedVersion(known, 'mine')).toBe(2);
  expect(aliasedVersion(known, 'other')).toBeNull();
  expect(aliasedVersion(known, 'constructor')).toBeNull();
});

test('latest is the newest version', () => {
  expect(aliasedVersion(state(5, { champion: 3 }), 'latest')).toBe(5);
  expect(aliasedVersion(state(null, {}), 'latest')).toBeNull();
});

test('challenger is the newest version while that is not the champion', () => {
  expect(aliasedVersion(state(5, { champion: 3 }), 'challenger')).toBe(5);
  expect(aliasedVersion(state(5, { champion: 5 }), 'challenger')).toBeNull();
  expect(aliasedVersion(state(null, {}), 'challenger')).toBeNull();
});

test('challenger is the version that a person has pointed it at', () => {
  expect(aliasedVersion(state(5, { champion: 5, challenger: 2 }), 'challenger')).toBe(2);
});

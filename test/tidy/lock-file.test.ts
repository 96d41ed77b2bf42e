import { textOf } from './source-files';

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
}

const text = textOf('package-lock.json');
const packages = (JSON.parse(text) as { packages: Record<string, Locked> }).packages;

/** npm leaves out what the machine that wrote the lock file does not need, and then no other machine can install. */
describe('the lock file holds the prebuilt binaries of macOS, Linux and Windows', () => {
  test.each([
    ['lmdb', '@lmdb/lmdb-', ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win32-x64']],
    [
      'typescript',
      '@typescript/typescript-',
      ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win32-arm64', 'win32-x64'],
    ],
    [
      '@swc/core',
      '@swc/core-',
      [
        'darwin-arm64',
        'darwin-x64',
        'linux-arm64-gnu',
        'linux-arm64-musl',
        'linux-x64-gnu',
        'linux-x64-musl',
        'win32-x64-msvc',
      ],
    ],
    [
      '@biomejs/biome',
      '@biomejs/cli-',
      [
        'darwin-arm64',
        'darwin-x64',
        'linux-arm64',
        'linux-arm64-musl',
        'linux-x64',
        'linux-x64-musl',
        'win32-arm64',
        'win32-x64',
      ],
    ],
  ])('%s', (name, prefix, platforms) => {
    expect(packages[`node_modules/${name}`]?.version).toMatch(/^\d/);
    for (const platform of platforms) {
      expect(packages).toHaveProperty([`node_modules/${prefix}${platform}`, 'integrity']);
    }
  });
});

test('every package of the lock file has a checksum', () => {
  const unchecked = Object.entries(packages).filter(
    ([path, { integrity, link }]) => path !== '' && link !== true && integrity === undefined,
  );
  expect(unchecked.map(([path]) => path)).toEqual([]);
});

test('the lock file names no registry host other than registry.npmjs.org', () => {
  const hosts = Object.values(packages)
    .filter(({ resolved }) => resolved !== undefined)
    .map(({ resolved }) => new URL(resolved!).host);
  expect(hosts.filter((host) => host !== 'registry.npmjs.org')).toEqual([]);
});

test('every dependency in package.json is pinned to one version', () => {
  const own = JSON.parse(textOf('package.json')) as Record<string, Record<string, string>>;
  const versions = Object.entries({ ...own.dependencies, ...own.devDependencies });
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

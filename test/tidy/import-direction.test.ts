import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow, type Import, ROOT, sourceFiles, sourceImports, textOf } from './source-files';

const imports = sourceImports();

/**
 * Each folder of shared/ with all others that it may import. Time and log lines (runtime) are for adapters: ports and
 * everything that computes get them handed in.
 */
const SHARED_MAY_IMPORT: Record<string, readonly string[]> = {
  errors: [],
  json: ['errors'],
  row: ['errors', 'json'],
  tree: ['errors', 'json'],
  engine: ['errors', 'tree'],
  'tree-formats': ['errors', 'tree'],
  evaluation: ['errors', 'row', 'tree'],
  // A query names one of the formats, and those are listed there.
  api: ['errors', 'row', 'tree-formats'],
  http: ['errors', 'api'],
  lmdb: ['errors'],
  // Settings check the name of an engine against the list of the engines that exist.
  settings: ['errors', 'engine'],
  runtime: ['errors'],
  'row-log': ['errors', 'runtime', 'lmdb'],
  'model-registry': ['errors', 'tree', 'evaluation', 'runtime', 'lmdb'],
};

const ADAPTER = /^shared\/(?:row-log|model-registry)\/(kafka|redis|embedded)\//;
const OPENER = 'cli/open-backend.ts';

/** `shared/row-log/kafka/faults` → `row-log`; null outside shared/. */
function sharedFolder(path: string): string | null {
  return /^shared\/([^/.]+)/.exec(path)?.[1] ?? null;
}

function adapterKind(path: string): string | null {
  return ADAPTER.exec(path)?.[1] ?? null;
}

function told({ by, of }: Import): string {
  return `${by} imports ${of}`;
}

function expectNone(wrong: readonly Import[]): void {
  expect(wrong.map(told)).toEqual([]);
}

test('what is read here is the sources: their imports are found, and each leads to a file', () => {
  expect(sourceFiles().length).toBeGreaterThan(100);
  expect(new Set(imports.map(({ by }) => by)).size).toBeGreaterThan(100);
  const lost = imports.filter(
    ({ of, isOurs }) =>
      isOurs && !['.ts', '.tsx', '.d.ts', '/index.ts', ''].some((end) => existsSync(join(ROOT, of + end))),
  );
  expectNone(lost);
});

test('every folder of shared/ has its place in the order', () => {
  const folders = new Set(filesBelow('shared').map((path) => sharedFolder(path)));
  expect([...folders].sort()).toEqual(Object.keys(SHARED_MAY_IMPORT).sort());
});

test('shared/ imports only downwards, and nothing from services/ or cli/', () => {
  const wrong = imports.filter(({ by, of, isOurs }) => {
    const from = sharedFolder(by);
    if (from === null || !isOurs) return false;
    const to = sharedFolder(of);
    return to === null || (to !== from && !SHARED_MAY_IMPORT[from]!.includes(to));
  });
  expectNone(wrong);
});

test('a port imports no adapter, no clock and no log', () => {
  const ports = /^shared\/(row-log|model-registry)\/[^/]+$/;
  const wrong = imports.filter(
    ({ by, of }) =>
      ports.test(by) &&
      adapterKind(by) === null &&
      (adapterKind(of) !== null || ['runtime', 'lmdb'].includes(sharedFolder(of) ?? '')),
  );
  expectNone(wrong);
});

test('no adapter imports another', () => {
  const wrong = imports.filter(({ by, of }) => {
    const from = adapterKind(by);
    const to = adapterKind(of);
    return from !== null && to !== null && from !== to;
  });
  expectNone(wrong);
});

test('only the command line opens an adapter, in one file', () => {
  const wrong = imports.filter(
    ({ by, of }) => adapterKind(of) !== null && adapterKind(by) === null && by !== OPENER,
  );
  expectNone(wrong);
});

test('shared/lmdb is for the embedded adapters and their opener', () => {
  const wrong = imports.filter(
    ({ by, of }) =>
      sharedFolder(of) === 'lmdb' &&
      sharedFolder(by) !== 'lmdb' &&
      adapterKind(by) !== 'embedded' &&
      by !== OPENER &&
      !(by === 'cli/commands/backup.ts' && of === 'shared/lmdb/backup'),
  );
  expectNone(wrong);
});

test('shared/http is for services', () => {
  const wrong = imports.filter(
    ({ by, of }) => sharedFolder(of) === 'http' && sharedFolder(by) !== 'http' && !by.startsWith('services/'),
  );
  expectNone(wrong);
});

test('a service imports no other service; only services/standalone and the command line know them all', () => {
  const service = (path: string) => /^services\/([^/]+)\//.exec(path)?.[1];
  const wrong = imports.filter(({ by, of }) => {
    if (of.startsWith('cli/')) return !by.startsWith('cli/');
    if (service(by) === undefined || service(by) === 'standalone') return false;
    return of.startsWith('services/') && service(of) !== service(by);
  });
  expectNone(wrong);
});

test('the page takes only types from the rest: what checks them stays on the server', () => {
  const page = sourceFiles().filter((path) => path.startsWith('services/dashboard/'));
  const values = page.filter((path) =>
    /^(import|export) (?!type\b)[^;]*?from '(\.\.\/)+shared\/(?!tree\/)/m.test(textOf(path)),
  );
  expect(page.length).toBeGreaterThan(20);
  expect(values).toEqual([]);
});

/** The deep verifier shares pure code with the trainer, the reader of the record's format, and the codecs of kept libraries. */
const VERIFIER_MAY_IMPORT =
  /^shared\/(errors|(json|row|tree|engine|evaluation)\/.*|model-registry\/version-record|row-log\/codecs)$/;

test('the verifier has no code in common with the trainer but what is pure', () => {
  const own = imports.filter(({ by }) => by.startsWith('services/verifier/'));
  expect(own.length).toBeGreaterThan(50);
  const wrong = own.filter(
    ({ of, isOurs }) => isOurs && !of.startsWith('services/verifier/') && !VERIFIER_MAY_IMPORT.test(of),
  );
  expectNone(wrong);
});

describe('a client of a server or a store has one importer, and the verifier as a second', () => {
  test.each([
    ['kafkajs', /^(shared\/row-log\/kafka\/|services\/verifier\/kafka\/)/],
    ['ioredis', /^(shared\/model-registry\/redis\/|services\/verifier\/redis\/)/],
    ['lmdb', /^(shared\/(lmdb|(row-log|model-registry)\/embedded)\/|services\/verifier\/embedded\/)/],
    ['ml-cart', /^shared\/engine\/ml-cart\//],
    ['protobufjs', /^shared\/tree-formats\/onnx-(model|proto)/],
    ['fast-xml-builder', /^shared\/tree-formats\/pmml/],
    ['express', /^services\/serving\//],
    ['csv-parse', /^services\/producer\//],
    ['commander', /^cli\//],
    ['preact', /^services\/dashboard\//],
    ['uplot', /^services\/dashboard\/accuracy\//],
    ['d3-hierarchy', /^services\/dashboard\/tree\//],
  ])('%s', (name, allowed) => {
    const users = imports.filter(({ of }) => of === name || of.startsWith(`${name}/`));
    expect(users).not.toEqual([]);
    expectNone(users.filter(({ by }) => !allowed.test(by)));
  });
});

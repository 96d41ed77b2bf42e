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

/**
 * Each folder of the trainer with all others that it may import, from the rows of a window up to a term. `term` alone
 * knows the whole context; every other part declares the few members that it needs.
 */
const TRAINER_MAY_IMPORT: Record<string, readonly string[]> = {
  window: [],
  lease: [],
  fit: ['window'],
  read: ['window'],
  guard: ['window', 'read'],
  refit: ['window', 'read', 'fit'],
  report: ['window', 'read'],
  versions: ['window', 'read', 'guard', 'refit'],
  resume: ['window', 'read', 'guard', 'refit', 'versions'],
  term: ['window', 'lease', 'fit', 'read', 'guard', 'refit', 'report', 'versions', 'resume'],
};

/**
 * Each folder of services/serving with all others that it may import. Only server/ knows every folder: it starts the
 * service and holds the router.
 */
const SERVING_MAY_IMPORT: Record<string, readonly string[]> = {
  route: [],
  metrics: [],
  workers: ['metrics'],
  models: ['metrics'],
  predict: ['route', 'metrics', 'workers', 'models'],
  'open-inference': ['route', 'metrics', 'models', 'predict'],
  versions: ['route', 'models'],
  training: ['route', 'models'],
  admin: ['route', 'models'],
  page: ['route', 'metrics', 'workers', 'models'],
  openapi: ['route'],
  server: [
    'route',
    'metrics',
    'workers',
    'models',
    'predict',
    'open-inference',
    'versions',
    'training',
    'admin',
    'page',
    'openapi',
  ],
};

const ADAPTER = /^shared\/(?:row-log|model-registry)\/(kafka|redis|embedded)\//;
const OPENER = 'cli/open-backend.ts';

/** `shared/row-log/kafka/faults` → `row-log`; null outside shared/. */
function sharedFolder(path: string): string | null {
  return /^shared\/([^/.]+)/.exec(path)?.[1] ?? null;
}

/** `services/trainer/read/intake` → `read`; null outside the trainer and for a loose file. */
function trainerFolder(path: string): string | null {
  return /^services\/trainer\/([^/]+)\//.exec(path)?.[1] ?? null;
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

test('the imports of all sources are found, and each leads to a file', () => {
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

test('every file of the trainer is in a folder that has its place in the order', () => {
  const folders = new Set(filesBelow('services/trainer').map((path) => trainerFolder(path)));
  expect([...folders].sort()).toEqual(Object.keys(TRAINER_MAY_IMPORT).sort());
});

test('the folders of the trainer import only downwards', () => {
  const wrong = imports.filter(({ by, of, isOurs }) => {
    const from = trainerFolder(by);
    if (from === null || !isOurs || !of.startsWith('services/trainer/')) return false;
    const to = trainerFolder(of);
    return to === null || (to !== from && !TRAINER_MAY_IMPORT[from]!.includes(to));
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

test('only the embedded adapters and their opener import shared/lmdb', () => {
  const wrong = imports.filter(
    ({ by, of }) =>
      sharedFolder(of) === 'lmdb' &&
      sharedFolder(by) !== 'lmdb' &&
      adapterKind(by) !== 'embedded' &&
      by !== OPENER,
  );
  expectNone(wrong);
});

test('services/serving has no loose file, and each of its folders imports only folders below it', () => {
  const folder = (path: string) => /^services\/serving\/([^/]+)\//.exec(path)?.[1];
  const inside = filesBelow('services/serving');
  expect(inside.filter((path) => folder(path) === undefined)).toEqual([]);
  expect(new Set(inside.map(folder))).toEqual(new Set(Object.keys(SERVING_MAY_IMPORT)));
  const wrong = imports.filter(({ by, of }) => {
    const from = folder(by);
    if (from === undefined || !of.startsWith('services/serving/')) return false;
    const to = folder(of);
    return to === undefined || (to !== from && !SERVING_MAY_IMPORT[from]!.includes(to));
  });
  expectNone(wrong);
});

test('only services import shared/http', () => {
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

test('the page imports only types from other folders, so that checks stay on the server', () => {
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

test('the verifier shares only pure code with the trainer', () => {
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
    ['protobufjs', /^shared\/tree-formats\/onnx\/messages/],
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

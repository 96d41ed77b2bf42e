import { ModelCache } from '../../../services/serving/models/model-cache';
import { decodeServedModel, type ServedModel } from '../../../services/serving/models/served-model';
import { SingleFlight } from '../../../services/serving/models/single-flight';
import type { Serving } from '../../../services/serving/server/serving';
import type { Log } from '../../../shared/runtime/log';
import { MemoryModelRegistry } from '../../support/memory-model-registry';
import { irisTree, makeVersion, Publisher } from '../../support/stored-versions';
import { startTestServing, until } from '../../support/test-serving';

let registry: MemoryModelRegistry;
let publisher: Publisher;
let serving: Serving;
let logged: string[];

const note = (code: string) => void logged.push(code);
const log: Log = { info: note, warn: note, error: note };

beforeEach(async () => {
  logged = [];
  registry = new MemoryModelRegistry();
  publisher = await Publisher.open(registry);
  await publisher.publish(irisTree(1));
  serving = await startTestServing(registry, { log });
});

afterEach(() => serving.stop());

async function predict(path = '/serve_decision_tree') {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(serving.url + path, { method: 'POST', headers, body: '{"data":[1,1,2,1]}' });
  return {
    status: answer.status,
    ...((await answer.json()) as { version?: number; prediction?: string; code?: string }),
  };
}

const serves = (version: number) => until(() => serving.models.champion?.version === version);

test('the first model is loaded before the service takes requests', async () => {
  expect(await predict()).toMatchObject({ status: 200, version: 1, prediction: 'versicolor' });
});

test('a promoted version is served once it is loaded, and one that was not promoted only by its number', async () => {
  await publisher.publish(irisTree(2));
  await serves(2);
  expect(await predict()).toMatchObject({ version: 2, prediction: 'setosa' });
  await publisher.publish(irisTree(0), { promote: false });
  expect(await predict('/models/serve/decisiontree/latest')).toMatchObject({ version: 3 });
  expect(await predict('/models/serve/decisiontree/3')).toMatchObject({ version: 3 });
  expect(await predict('/models/serve/decisiontree/champion')).toMatchObject({ version: 2 });
  expect(await predict()).toMatchObject({ version: 2 });
});

test('an alias of the user serves its version', async () => {
  await publisher.publish(irisTree(2));
  const move = { version: 1, expectedRevision: 0, held: false, reason: 'r', actor: 'a', at: 't' };
  await registry.moveAlias({ alias: 'tried', ...move });
  await registry.moveAlias({ alias: '2nd', ...move });
  await serves(2);
  expect(await predict('/models/serve/decisiontree/tried')).toMatchObject({ version: 1 });
  expect(await predict('/models/serve/decisiontree/2nd')).toMatchObject({ version: 1 });
});

test.each([
  ['a tree that was changed', 'digest-mismatch', (treeText: string) => treeText.replace('1.75', '1.5')],
  ['half a tree', 'digest-mismatch', (treeText: string) => treeText.slice(0, 50)],
])(
  'a new champion with %s leaves the old one serving, and is fetched once, logged and counted',
  async (_what, code, spoil) => {
    const publish = registry.publish.bind(registry);
    registry.publish = (publication) => publish({ ...publication, treeText: spoil(publication.treeText) });
    await publisher.publish(irisTree(2));
    await until(() => logged.includes(code));
    expect(await predict()).toMatchObject({ status: 200, version: 1 });

    const fetched = registry.calls.loadTree;
    await publisher.beat();
    expect(await predict('/models/serve/decisiontree/2')).toMatchObject({ status: 500, code });
    expect(registry.calls.loadTree).toBe(fetched);
    expect(logged.filter((each) => each === code)).toHaveLength(1);
    expect(await (await fetch(`${serving.url}/metrics`)).text()).toContain('alder_bad_versions_total 1');

    registry.publish = publish;
    await publisher.publish(irisTree(3));
    await serves(3);
  },
);

test('while the registry is away, cached versions are served and others are 503, never 404', async () => {
  await publisher.publish(irisTree(2));
  await publisher.publish(irisTree(3));
  await serves(3);
  registry.isAway = true;
  expect(await predict()).toMatchObject({ status: 200, version: 3 });
  expect(await predict('/models/serve/decisiontree/1')).toMatchObject({ status: 200, version: 1 });
  expect(await predict('/models/serve/decisiontree/9')).toMatchObject({
    status: 503,
    code: 'registry-unavailable',
  });
  expect(await predict('/models/serve/decisiontree/0')).toMatchObject({
    status: 404,
    code: 'unknown-version',
  });
  await serving.stop();
  registry.isAway = false;
  serving = await startTestServing(registry);
  registry.isAway = true;
  expect(await predict('/models/serve/decisiontree/1')).toMatchObject({
    status: 503,
    code: 'registry-unavailable',
  });
});

test('a champion that could not be fetched is fetched when the registry is back', async () => {
  const loadTree = registry.loadTree.bind(registry);
  registry.loadTree = async (version) => {
    registry.isAway = true;
    return loadTree(version);
  };
  await publisher.publish(irisTree(2));
  await until(() => logged.includes('model-not-loaded'));
  expect(await predict()).toMatchObject({ status: 200, version: 1 });
  registry.loadTree = loadTree;
  registry.isAway = false;
  await publisher.beat();
  await serves(2);
});

test('a cached version is dropped once it is retired', async () => {
  await publisher.publish(irisTree(2));
  await serves(2);
  expect(await predict('/models/serve/decisiontree/1')).toMatchObject({ status: 200 });
  await publisher.publish(irisTree(3), { keepVersions: 1 });
  await serves(3);
  await publisher.publish(irisTree(4), { keepVersions: 1 });
  await serves(4);
  expect(await predict('/models/serve/decisiontree/1')).toMatchObject({
    status: 410,
    code: 'retired-version',
  });
});

test('a registry that began anew is followed from its first version, whatever its number', async () => {
  await publisher.publish(irisTree(2));
  await serves(2);
  const other = makeVersion(1, irisTree(5));
  registry.stored.clear();
  registry.stored.set(1, other);
  registry.change({
    newest: { version: 1, recordDigest: other.record.recordDigest },
    aliases: { champion: { version: 1, revision: 1, held: false } },
  });
  await serves(1);
  expect(serving.models.champion?.digest).toBe(other.record.tree.digest);
  expect(logged).toContain('registry-regressed');
});

test('a version that another process has just published is found', async () => {
  const watch = registry.watch.bind(registry);
  await serving.stop();
  // A watch that tells the first state only: this process lags behind.
  registry.watch = async function* (options, signal) {
    for await (const state of watch(options, signal)) {
      if (state.newest?.version === 1) yield state;
    }
  };
  serving = await startTestServing(registry);
  await publisher.publish(irisTree(2));
  expect(await predict('/models/serve/decisiontree/2')).toMatchObject({ status: 200, version: 2 });
  expect(await predict('/models/serve/decisiontree/3')).toMatchObject({
    status: 404,
    code: 'unknown-version',
  });
});

test('before the first version every prediction route is 503 model-not-loaded', async () => {
  await serving.stop();
  serving = await startTestServing(new MemoryModelRegistry());
  for (const path of [
    '/serve_decision_tree',
    ...['1', 'latest', 'champion'].map((v) => `/models/serve/decisiontree/${v}`),
  ]) {
    expect(await predict(path)).toMatchObject({ status: 503, code: 'model-not-loaded' });
  }
});

describe('ModelCache', () => {
  const held = (version: number, treeBytes: number) => {
    const made = makeVersion(version, irisTree());
    return {
      ...decodeServedModel({ model: 'decisiontree', version, ...made }, 10),
      treeBytes,
    } satisfies ServedModel;
  };

  test('the cache drops the least recently used model at its bound of models', () => {
    const models = new ModelCache(2, 1_000);
    models.add(held(1, 1));
    models.add(held(2, 1));
    models.get(1);
    models.add(held(3, 1));
    expect([1, 2, 3].map((version) => models.get(version)?.version)).toEqual([1, undefined, 3]);
  });

  test('the cache bounds the bytes of its trees, and counts a dropped tree back', () => {
    const models = new ModelCache(10, 100);
    for (const version of [1, 2, 3, 4]) models.add(held(version, 40));
    models.add(held(4, 40));
    expect([1, 2, 3, 4].map((version) => models.get(version)?.version)).toEqual([undefined, undefined, 3, 4]);
    models.add(held(5, 101));
    expect(models.size).toBe(0);
  });
});

test('concurrent loads of one key are one load, and running loads are bounded', async () => {
  const loads = new SingleFlight<number, string>(2);
  const begun: (() => void)[] = [];
  const begin = () => new Promise<string>((resolve) => begun.push(() => resolve('loaded')));
  const all = [loads.load(1, begin), loads.load(1, begin), loads.load(2, begin)];
  await expect(loads.load(3, begin)).rejects.toMatchObject({ code: 'too-many-waiters' });
  expect(begun).toHaveLength(2);
  for (const finish of begun) finish();
  expect(await Promise.all(all)).toEqual(['loaded', 'loaded', 'loaded']);
  await expect(loads.load(3, async () => 'again')).resolves.toBe('again');
});

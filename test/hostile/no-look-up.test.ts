import type { Serving } from '../../services/serving/server/serving';
import { MemoryModelRegistry } from '../support/memory-model-registry';
import { exchange } from '../support/raw-http';
import { irisTree, Publisher } from '../support/stored-versions';
import { startTestServing } from '../support/test-serving';
import { GOOD_BODY, head, post } from './requests';
import { MODELS_UNKNOWN, VERSIONS_UNKNOWN } from './target-cases';

const registry = new MemoryModelRegistry();
let serving: Serving;

beforeAll(async () => {
  await (await Publisher.open(registry)).publish(irisTree());
  serving = await startTestServing(registry);
});

afterAll(() => serving.stop());

const fetches = () =>
  JSON.stringify([registry.calls.loadRecord, registry.calls.loadTree, registry.calls.listVersions]);

test.each(MODELS_UNKNOWN)('no route looks up anything for the model %s', async (model) => {
  const before = fetches();
  const asked = [
    post(`/models/serve/${model}/3`, GOOD_BODY),
    head('GET', `/models/${model}/versions`),
    head('GET', `/models/${model}/versions/3`),
  ];
  for (const bytes of asked) expect((await exchange(serving.port, bytes))?.status).toBe(404);
  expect(fetches()).toBe(before);
});

test.each(VERSIONS_UNKNOWN)('no record and no tree is fetched for the version %s', async (version) => {
  const before = fetches();
  await exchange(serving.port, post(`/models/serve/decisiontree/${version}`, GOOD_BODY));
  await exchange(serving.port, head('GET', `/models/decisiontree/versions/${version}`));
  expect(fetches()).toBe(before);
});

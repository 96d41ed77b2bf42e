import type { Serving } from '../../../services/serving/server/serving';
import { openEmbeddedModelRegistry } from '../../../shared/model-registry/embedded/embedded-model-registry';
import type { ModelRegistry } from '../../../shared/model-registry/model-registry';
import { makeTestFolder } from '../../support/embedded';
import { irisTree, Publisher } from '../../support/stored-versions';
import { startTestServing, until } from '../../support/test-serving';

const folder = makeTestFolder();
let registry: ModelRegistry;
let serving: Serving;

beforeAll(async () => {
  registry = await openEmbeddedModelRegistry(folder.open(), { model: 'decisiontree' });
  serving = await startTestServing(registry);
});

afterAll(async () => {
  await serving.stop();
  await registry.close();
  await folder.remove();
});

test('over the embedded registry, a process serves the version of its training', async () => {
  const publisher = await Publisher.open(registry);
  const asked = jest.spyOn(registry, 'askForRefit');
  const training = fetch(`${serving.url}/train_decision_tree`);
  await until(() => asked.mock.results.length > 0);
  await publisher.publish(irisTree(), { answer: { upTo: 1, version: 1, outcome: 'created' } });
  expect(await (await training).json()).toMatchObject({ version: 1, created: true, champion: 1 });

  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${serving.url}/serve_decision_tree`, {
    method: 'POST',
    headers,
    body: '{"data":[1,1,1,1]}',
  });
  expect(await answer.json()).toMatchObject({ prediction: 'setosa', version: 1 });
});

test('over the embedded registry, retention drops a version from the cache', async () => {
  const publisher = await Publisher.open(registry);
  for (const version of [2, 3, 4]) {
    await publisher.publish(irisTree(version), { keepVersions: 1 });
    await until(() => serving.models.champion?.version === version);
  }
  const answer = await fetch(`${serving.url}/models/serve/decisiontree/1`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"data":[1,1,1,1]}',
  });
  expect(answer.status).toBe(410);
});

import { MemoryModelRegistry } from '../support/memory-model-registry';
import { irisTree, Publisher } from '../support/stored-versions';
import { startTestServing, until } from '../support/test-serving';

const SWAPS = 50;
const CLIENTS = 8;

test('fifty swaps under concurrent requests drop none, and each answer belongs to the version that it names', async () => {
  const registry = new MemoryModelRegistry();
  const publisher = await Publisher.open(registry);
  const digests = new Map<number, string>();
  // Odd versions take the row for setosa, even ones for versicolor, so a mixed answer shows.
  const publish = async (version: number) => {
    const made = await publisher.publish(irisTree(version % 2 === 1 ? 100 + version : -version));
    digests.set(version, made.record.tree.digest);
  };
  await publish(1);
  const serving = await startTestServing(registry);
  let isDone = false;
  const seen = new Set<number>();

  const client = async () => {
    let answers = 0;
    while (!isDone) {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${serving.url}/serve_decision_tree`, { method: 'POST', headers, body: '{"data":[1,1,1,1]}' });
      expect(answer.status).toBe(200);
      const { version, digest, prediction } = (await answer.json()) as { version: number; digest: string; prediction: string };
      expect(answer.headers.get('alder-version')).toBe(String(version));
      expect(digest).toBe(digests.get(version));
      expect(prediction).toBe(version % 2 === 1 ? 'setosa' : 'versicolor');
      seen.add(version);
      answers++;
    }
    return answers;
  };
  const clients = Array.from({ length: CLIENTS }, client);
  for (let version = 2; version <= SWAPS + 1; version++) {
    await publish(version);
    await until(() => serving.models.champion?.version === version && seen.has(version));
  }
  isDone = true;
  await Promise.all(clients);
  expect(seen.size).toBe(SWAPS + 1);
  await serving.stop();
});

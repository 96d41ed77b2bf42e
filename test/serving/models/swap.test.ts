import type { Serving } from '../../../services/serving/server/serving';
import type { PredictionAnswer } from '../../../shared/api/predictions';
import { MemoryModelRegistry } from '../../support/memory-model-registry';
import { irisTree, Publisher } from '../../support/stored-versions';
import { startTestServing, until } from '../../support/test-serving';

const SWAPS = 50;
const CLIENTS = 8;

let serving: Serving;

afterEach(() => serving.stop());

test('fifty swaps under concurrent requests drop no request, and each answer belongs to the version that it names', async () => {
  const registry = new MemoryModelRegistry();
  const publisher = await Publisher.open(registry);
  const digests = new Map<number, string>();
  // Odd versions take the row for setosa, even ones for versicolor, so a mixed answer shows.
  const publish = async (version: number) => {
    const made = await publisher.publish(irisTree(version % 2 === 1 ? 100 + version : -version));
    digests.set(version, made.record.tree.digest);
  };
  await publish(1);
  serving = await startTestServing(registry);

  const answers: {
    readonly status: number;
    readonly header: string | null;
    readonly body: PredictionAnswer;
  }[] = [];
  const seen = new Set<number>();
  let isDone = false;
  const client = async () => {
    const headers = { 'content-type': 'application/json' };
    while (!isDone) {
      const answer = await fetch(`${serving.url}/serve_decision_tree`, {
        method: 'POST',
        headers,
        body: '{"data":[1,1,1,1]}',
      });
      const body = (await answer.json()) as PredictionAnswer;
      answers.push({ status: answer.status, header: answer.headers.get('alder-version'), body });
      seen.add(body.version);
    }
  };
  const clients = Array.from({ length: CLIENTS }, client);
  await until(() => seen.has(1));
  for (let version = 2; version <= SWAPS + 1; version++) {
    await publish(version);
    await until(() => seen.has(version));
  }
  isDone = true;
  await Promise.all(clients);

  expect(seen.size).toBe(SWAPS + 1);
  for (const { status, header, body } of answers) {
    expect(status).toBe(200);
    expect(header).toBe(String(body.version));
    expect(body.digest).toBe(digests.get(body.version));
    expect(body.prediction).toBe(body.version % 2 === 1 ? 'setosa' : 'versicolor');
  }
});

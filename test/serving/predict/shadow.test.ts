import request from 'supertest';
import {
  mergedPairs,
  SHADOW_PAIRS_MAX,
  ShadowTally,
} from '../../../services/serving/metrics/serving-metrics';
import { shadowAnswer } from '../../../shared/api/models';
import { MemoryModelRegistry } from '../../support/memory-model-registry';
import { irisTree, Publisher } from '../../support/stored-versions';
import { startTestServing, until } from '../../support/test-serving';

/** Of these, the first is setosa to a threshold of 2.45 and versicolor to one of 0.5; the second is neither to both. */
const ROWS = {
  data: [
    [1, 1, 1, 1],
    [1, 1, 5, 2],
  ],
};

let registry: MemoryModelRegistry;
let publisher: Publisher;

beforeEach(async () => {
  registry = new MemoryModelRegistry();
  publisher = await Publisher.open(registry);
  await publisher.publish(irisTree());
});

async function withServing(shadow: string, use: (api: Api) => Promise<void>): Promise<void> {
  const serving = await startTestServing(registry, { shadow });
  const api: Api = {
    predict: async (path) => (await request(serving.url).post(path).send(ROWS).expect(200)).body,
    pairs: async () =>
      shadowAnswer.parse((await request(serving.url).get('/models/decisiontree/shadow').expect(200)).body),
    metrics: async () => (await request(serving.url).get('/metrics').expect(200)).text,
    champion: () => serving.models.champion?.version,
  };
  try {
    await use(api);
  } finally {
    await serving.stop();
  }
}

interface Api {
  predict(path: string): Promise<{ version: number; predictions: string[] }>;
  pairs(): Promise<ReturnType<typeof shadowAnswer.parse>>;
  metrics(): Promise<string>;
  champion(): number | undefined;
}

/** Predicts until the shadow is loaded, which no answer waits for. */
async function predictUntilCompared(api: Api, path: string): Promise<void> {
  for (let i = 0; i < 100 && (await api.pairs()).pairs.length === 0; i++) await api.predict(path);
}

test('the challenger predicts beside the champion, whose answers do not change, and each pair is counted', async () => {
  await withServing('challenger', async (api) => {
    await publisher.publish(irisTree(0.5), { promote: false });
    await predictUntilCompared(api, '/serve_decision_tree');
    const answer = await api.predict('/serve_decision_tree');
    expect(answer).toMatchObject({ version: 1, predictions: ['setosa', 'virginica'] });
    const { alias, pairs } = await api.pairs();
    expect(alias).toBe('challenger');
    expect(pairs).toHaveLength(1);
    const [{ served, shadow, rows, agreed, disagreed }] = pairs as [(typeof pairs)[0]];
    expect([served, shadow]).toEqual([1, 2]);
    expect([agreed, disagreed]).toEqual([rows / 2, rows / 2]);
    const text = await api.metrics();
    expect(text).toContain(`alder_shadow_rows_total{served="1",shadow="2",agreed="true"} ${agreed}`);
    expect(text).toContain(`alder_shadow_rows_total{served="1",shadow="2",agreed="false"} ${disagreed}`);
  });
});

test('no rows are compared while the champion is the newest version', async () => {
  await withServing('challenger', async (api) => {
    await api.predict('/serve_decision_tree');
    await api.predict('/serve_decision_tree?shadow=champion');
    await api.predict('/serve_decision_tree?shadow=nobody');
    expect((await api.pairs()).pairs).toEqual([]);
  });
});

test('one request may name a shadow of its own, also beside a pinned version', async () => {
  await withServing('', async (api) => {
    await publisher.publish(irisTree(0.5));
    await until(() => api.champion() === 2);
    await api.predict('/serve_decision_tree');
    expect((await api.pairs()).pairs).toEqual([]);
    await predictUntilCompared(api, '/models/serve/decisiontree/1?shadow=champion');
    const { alias, pairs } = await api.pairs();
    expect(alias).toBeNull();
    expect(pairs.map(({ served, shadow }) => [served, shadow])).toEqual([[1, 2]]);
  });
});

test('a broken shadow changes no answer', async () => {
  await withServing('challenger', async (api) => {
    await publisher.publish(irisTree(0.5), { promote: false });
    registry.stored.get(2)!.treeText = '{';
    for (let i = 0; i < 3; i++) expect((await api.predict('/serve_decision_tree')).version).toBe(1);
    expect((await api.pairs()).pairs).toEqual([]);
  });
});

test('the tally keeps the newest pairs, and pairs of several processes add up', () => {
  const tally = new ShadowTally();
  for (let version = 1; version <= SHADOW_PAIRS_MAX + 3; version++) tally.count(version, version + 1, 1, 0);
  expect(tally.pairs).toHaveLength(SHADOW_PAIRS_MAX);
  expect(tally.pairs[0]!.served).toBe(4);
  tally.count(4, 5, 1, 2);
  expect(tally.pairs.at(-1)).toEqual({ served: 4, shadow: 5, agreed: 2, disagreed: 2 });
  const pair = { served: 1, shadow: 2, agreed: 3, disagreed: 4 };
  expect(mergedPairs([[pair], [pair, { ...pair, shadow: 3 }]])).toEqual([
    { ...pair, agreed: 6, disagreed: 8 },
    { ...pair, shadow: 3 },
  ]);
});

import fc from 'fast-check';
import request from 'supertest';
import { decodeServedModel } from '../../../services/serving/models/served-model';
import { answerPrediction, EXPLAINED_ROWS_MAX } from '../../../services/serving/predict/answer-prediction';
import type { Serving } from '../../../services/serving/server/serving';
import { type PredictionAnswer, predictionAnswer, predictionsAnswer } from '../../../shared/api/predictions';
import { MemoryModelRegistry } from '../../support/memory-model-registry';
import { irisTree, makeVersion, Publisher } from '../../support/stored-versions';
import { startTestServing } from '../../support/test-serving';

const registry = new MemoryModelRegistry();
let serving: Serving;

beforeAll(async () => {
  await (await Publisher.open(registry)).publish(irisTree());
  serving = await startTestServing(registry);
});

afterAll(() => serving.stop());

const ask = (query: string, data: unknown) =>
  request(serving.url)
    .post(`/serve_decision_tree${query}`)
    .send({ data } as object);

test('a path names feature, threshold, value, side and rows of each node', async () => {
  const { body } = await ask('?explain=true', [1, 1, 5, 1.75]).expect(200);
  expect(predictionAnswer.parse(body).path).toEqual([
    {
      node: 0,
      feature: 'petal_length',
      threshold: 2.45,
      value: 5,
      side: 'right',
      rows: { setosa: 3, versicolor: 3, virginica: 3 },
    },
    {
      node: 2,
      feature: 'petal_width',
      threshold: 1.75,
      value: 1.75,
      side: 'left',
      rows: { setosa: 0, versicolor: 3, virginica: 3 },
    },
    { node: 3, rows: { setosa: 0, versicolor: 3, virginica: 1 } },
  ]);
});

test('a list gets one path per row, and only with explain=true', async () => {
  const rows = [
    [1, 1, 1, 1],
    [1, 1, 5, 2],
  ];
  const { paths, predictions } = predictionsAnswer.parse((await ask('?explain=true', rows).expect(200)).body);
  expect(paths!.map((path) => path.at(-1)!.node)).toEqual([1, 4]);
  expect(predictions).toEqual(['setosa', 'virginica']);
  const plain = (await ask('', rows).expect(200)).body;
  expect(plain).not.toHaveProperty('paths');
  expect((await ask('?explain=false', rows).expect(200)).body).toEqual(plain);
});

test.each([
  'explain=banana',
  'explain',
  'explain=TRUE',
  'explain=1',
  'explain=true&explain=true',
  'shadow=',
  'shadow=A',
])('a prediction query of %s is 400', async (query) => {
  expect((await ask(`?${query}`, [1, 1, 1, 1]).expect(400)).body.code).toBe('invalid-query');
});

test('a request with more than 100 rows gets no paths', async () => {
  const rows = (count: number) => Array.from({ length: count }, () => [1, 1, 1, 1]);
  await ask('?explain=true', rows(EXPLAINED_ROWS_MAX)).expect(200);
  const { body } = await ask('?explain=true', rows(EXPLAINED_ROWS_MAX + 1)).expect(422);
  expect(body).toMatchObject({ code: 'too-many-rows', errors: [{ pointer: '/data' }] });
});

test('the last node of a path gives the prediction, for all rows and class names', () => {
  const tree = { ...irisTree(), classNames: ['10', '2', 'a"b'] };
  const { recordText, treeText } = makeVersion(1, tree);
  const model = decodeServedModel({ model: 'decisiontree', version: 1, recordText, treeText }, 10);
  const feature = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(fc.tuple(feature, feature, feature, feature), (row) => {
      const bytes = Buffer.from(JSON.stringify({ data: row }));
      const { body } = answerPrediction(bytes, model, { explains: true });
      const { path, prediction } = JSON.parse(body) as PredictionAnswer & {
        path: NonNullable<PredictionAnswer['path']>;
      };
      const leaf = path.at(-1)!;
      const [best] = Object.entries(leaf.rows).sort(([, a], [, b]) => b - a);
      expect(best![0]).toBe(prediction);
      for (const step of path.slice(0, -1)) {
        if (!('side' in step)) throw new Error('a path goes on behind a leaf');
        expect(step.side).toBe(step.value <= step.threshold ? 'left' : 'right');
      }
      // Keys as they stand in the text, which an object would put in another order.
      expect(body.indexOf('"rows":{"10":')).toBeGreaterThan(0);
    }),
  );
});

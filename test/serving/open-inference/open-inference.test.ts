import request from 'supertest';
import type { Serving } from '../../../services/serving/server/serving';
import {
  inferAnswer,
  inferenceModel,
  inferenceReady,
  inferenceServer,
} from '../../../shared/api/open-inference';
import { MemoryModelRegistry } from '../../support/memory-model-registry';
import { IRIS_FEATURES, irisTree, Publisher } from '../../support/stored-versions';
import { startTestServing } from '../../support/test-serving';

const MODEL = '/v2/models/decisiontree';
const ROWS = [
  [1, 1, 1, 1],
  [1, 1, 5, 1.5],
];

const registry = new MemoryModelRegistry();
let serving: Serving;

beforeAll(async () => {
  const publisher = await Publisher.open(registry);
  await publisher.publish(irisTree());
  await publisher.publish(irisTree(0.5));
  serving = await startTestServing(registry, { requestRowsMax: 5 });
});

afterAll(() => serving.stop());

const api = () => request(serving.url);
const tensor = (changes: object = {}) => ({
  name: 'rows',
  shape: [2, 4],
  datatype: 'FP64',
  data: ROWS.flat(),
  ...changes,
});
const infer = (body: object, path = MODEL) => api().post(`${path}/infer`).send(body);

test('server, model and readiness are described in the shapes of the protocol', async () => {
  expect(inferenceServer.parse((await api().get('/v2').expect(200)).body).name).toBe('alder');
  expect((await api().get('/v2/health/live').expect(200)).body).toEqual({ live: true });
  expect((await api().get('/v2/health/ready').expect(200)).body).toEqual({ ready: true });
  expect(inferenceModel.parse((await api().get(MODEL).expect(200)).body)).toMatchObject({
    name: 'decisiontree',
    versions: ['1', '2'],
    inputs: [{ datatype: 'FP64', shape: [-1, 4] }],
  });
  for (const path of ['', '/versions/1', '/versions/latest'])
    inferenceReady.parse((await api().get(`${MODEL}${path}/ready`).expect(200)).body);
  await api().get(`${MODEL}/versions/1`).expect(200);
});

test('one tensor holds all features in their order, flat or nested, in either float', async () => {
  const nested = tensor({ data: ROWS, datatype: 'FP32' });
  for (const input of [tensor(), nested]) {
    const { body, headers } = await infer({ id: 'a"1', inputs: [input] }, `${MODEL}/versions/1`).expect(200);
    expect(inferAnswer.parse(body)).toEqual({
      model_name: 'decisiontree',
      model_version: '1',
      id: 'a"1',
      parameters: { digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
      outputs: [
        { name: 'predict', shape: [2], datatype: 'BYTES', data: ['setosa', 'versicolor'] },
        { name: 'predict_proba', shape: [2, 3], datatype: 'FP64', data: [1, 0, 0, 0, 0.75, 0.25] },
      ],
    });
    expect(headers['alder-version']).toBe('1');
  }
});

test('each feature may have a tensor of its own, by its name and in any order', async () => {
  const inputs = IRIS_FEATURES.map((name, f) => ({
    name,
    shape: f % 2 === 0 ? [2] : [2, 1],
    datatype: 'FP64',
    data: ROWS.map((row) => row[f]),
  })).reverse();
  const { body } = await infer({ inputs, outputs: [{ name: 'predict' }] }, `${MODEL}/versions/1`).expect(200);
  expect(inferAnswer.parse(body).outputs).toEqual([
    { name: 'predict', shape: [2], datatype: 'BYTES', data: ['setosa', 'versicolor'] },
  ]);
  expect((await infer({ inputs: inputs.slice(1) }).expect(422)).body).toMatchObject({
    code: 'missing-feature',
  });
  const twice = [...inputs.slice(1), inputs[1]!];
  expect((await infer({ inputs: twice }).expect(422)).body).toMatchObject({
    code: 'tensor-inputs',
    errors: [{ pointer: '/inputs/3/name' }],
  });
});

test('inference without a version uses the champion', async () => {
  const { body } = await infer({ inputs: [tensor()] }).expect(200);
  const { predictions, version } = (await api().post('/serve_decision_tree').send({ data: ROWS })).body;
  expect(body.model_version).toBe(String(version));
  expect(body.outputs[0].data).toEqual(predictions);
});

test.each([
  ['no inputs', { inputs: [] }, 422, 'field-invalid', '/inputs'],
  [
    'another float',
    { inputs: [tensor({ datatype: 'INT64' })] },
    422,
    'tensor-datatype',
    '/inputs/0/datatype',
  ],
  ['another width', { inputs: [tensor({ shape: [2, 3] })] }, 422, 'feature-count', '/inputs/0/shape'],
  ['too little data', { inputs: [tensor({ data: [1, 2, 3] })] }, 422, 'tensor-shape', '/inputs/0/data'],
  ['too much data', { inputs: [tensor({ data: Array(9).fill(1) })] }, 422, 'tensor-shape', '/inputs/0/data'],
  ['no rows', { inputs: [tensor({ shape: [0, 4], data: [] })] }, 422, 'empty-rows', '/inputs/0/shape'],
  ['too many rows', { inputs: [tensor({ shape: [6, 4] })] }, 422, 'too-many-rows', '/inputs/0/shape'],
  ['rows beyond memory', { inputs: [tensor({ shape: [1e15, 4] })] }, 422, 'too-many-rows', '/inputs/0/shape'],
  ['a negative size', { inputs: [tensor({ shape: [-1, 4] })] }, 422, 'field-invalid', '/inputs/0/shape/0'],
  ['three dimensions', { inputs: [tensor({ shape: [1, 2, 4] })] }, 422, 'field-invalid', '/inputs/0/shape'],
  [
    'text',
    { inputs: [tensor({ data: [...ROWS.flat().slice(1), '1'] })] },
    422,
    'feature-type',
    '/inputs/0/data/7',
  ],
  [
    'null, nested',
    { inputs: [tensor({ data: [[1, 1, null, 1], ROWS[1]] })] },
    422,
    'feature-type',
    '/inputs/0/data/0/2',
  ],
  [
    'an unknown output',
    { inputs: [tensor()], outputs: [{ name: 'shap' }] },
    422,
    'tensor-output',
    '/outputs/0/name',
  ],
  ['an unknown key', { inputs: [tensor()], input: 1 }, 422, 'unknown-key', ''],
])(
  'an inference request with %s is refused with pointer and code, and with the member error',
  async (_, body, status, code, pointer) => {
    const answer = await infer(body).expect(status);
    expect(answer.body).toMatchObject({ code, errors: [{ pointer, code }], error: answer.body.detail });
  },
);

test('an inference request without a number, JSON or a model is refused like on every other route', async () => {
  const text = (body: string) =>
    api().post(`${MODEL}/infer`).set('content-type', 'application/json').send(body);
  const huge = '{"inputs":[{"name":"r","shape":[1,4],"datatype":"FP64","data":[1,1,1,1e999]}]}';
  expect((await text(huge).expect(422)).body.code).toBe('non-finite');
  expect((await text('{"inputs":[').expect(400)).body).toMatchObject({
    code: 'invalid-json',
    error: expect.any(String),
  });
  await text('{"inputs":[],"inputs":[]}').expect(400);
  await api().post(`${MODEL}/infer`).set('content-type', 'application/octet-stream').send('x').expect(415);
  expect((await infer({}, '/v2/models/other').expect(404)).body.code).toBe('unknown-model');
  expect((await infer({}, `${MODEL}/versions/9`).expect(404)).body.code).toBe('unknown-version');
  await api().get(`${MODEL}/versions/01/ready`).expect(404);
});

test('no inference route is ready before the first model', async () => {
  const empty = await startTestServing(new MemoryModelRegistry());
  for (const path of ['/v2/health/ready', MODEL, `${MODEL}/ready`])
    expect((await request(empty.url).get(path).expect(503)).body.code).toBe('model-not-loaded');
  await request(empty.url).get('/v2/health/live').expect(200);
  await empty.stop();
});

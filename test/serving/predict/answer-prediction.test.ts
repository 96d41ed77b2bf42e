import { CurrentHeaders } from '../../../services/serving/models/answer-headers';
import { decodeServedModel } from '../../../services/serving/models/served-model';
import { answerPrediction } from '../../../services/serving/predict/answer-prediction';
import { problemBody } from '../../../shared/api/operation';
import { predictionAnswer, predictionsAnswer } from '../../../shared/api/predictions';
import { irisTree, makeVersion } from '../../support/stored-versions';

const { record, recordText, treeText } = makeVersion(7, irisTree());
const model = decodeServedModel({ model: 'decisiontree', version: 7, recordText, treeText }, 1_000);
const bytes = (text: string) => new TextEncoder().encode(text);
const end = `,"model":"decisiontree","version":7,"digest":"${record.tree.digest}"}`;

test('one row gets one prediction, its probabilities in class order, and the version', () => {
  const answer = answerPrediction(bytes('{"data":[5.1,3.5,4.4,0.2]}'), model);
  expect(answer.status).toBe(200);
  expect(answer.body).toBe(
    `{"prediction":"versicolor","probabilities":{"setosa":0,"versicolor":${3 / 4},"virginica":${1 / 4}}${end}`,
  );
  predictionAnswer.parse(JSON.parse(answer.body));
});

test('a list gets lists in the same order, even a list of one', () => {
  const answer = answerPrediction(bytes('{"data":[[1,1,1,1],[1,1,5,2]]}'), model);
  expect(answer.body).toBe(
    `{"predictions":["setosa","virginica"],"probabilities":[{"setosa":1,"versicolor":0,"virginica":0},{"setosa":0,"versicolor":0,"virginica":1}]${end}`,
  );
  predictionsAnswer.parse(JSON.parse(answer.body));
  expect(JSON.parse(answerPrediction(bytes('{"data":[[1,1,1,1]]}'), model).body).predictions).toEqual([
    'setosa',
  ]);
  expect([answer.rowCount, answerPrediction(bytes('{"data":[[1,1,1,1]]}'), model).rowCount]).toEqual([2, 1]);
});

test('features by name, in any order, predict the same as features by position', () => {
  const named = '{"data":{"petal_width":2,"petal_length":5,"sepal_width":1,"sepal_length":1}}';
  expect(answerPrediction(bytes(named), model).body).toBe(
    answerPrediction(bytes('{"data":[1,1,5,2]}'), model).body,
  );
});

test('a value equal to the threshold goes left', () => {
  expect(JSON.parse(answerPrediction(bytes('{"data":[1,1,2.45,9]}'), model).body).prediction).toBe('setosa');
});

test('headers name the version that answered', () => {
  expect(answerPrediction(bytes('{"data":[1,1,1,1]}'), model).headers).toEqual({
    'content-type': 'application/json',
    'alder-model': 'decisiontree',
    'alder-version': '7',
    'alder-digest': record.tree.digest,
    'alder-newest-row': '2024-01-01T00:00:00.000Z',
    'alder-next-offsets': record.lineage.map(({ partition, next }) => `${partition}:${next}`).join(),
    'alder-staleness-seconds': '0',
  });
});

test('headers name the staleness in whole seconds, in one object per second', () => {
  const current = new CurrentHeaders();
  expect(current.at(model.headers, 999)).toBe(model.headers);
  const stale = current.at(model.headers, 61_999);
  expect(stale).toEqual({ ...model.headers, 'alder-staleness-seconds': '61' });
  expect(current.at(model.headers, 61_000)).toBe(stale);
  expect(current.at({ ...model.headers }, 61_000)).not.toBe(stale);
  expect(current.at(model.headers, 0)).toBe(model.headers);
});

test('one bad row in a thousand refuses the whole body, with its pointer and without its value', () => {
  const rows = Array.from({ length: 1_000 }, () => [1, 2, 3, 4] as unknown[]);
  rows[417]![2] = 'secret';
  const answer = answerPrediction(bytes(JSON.stringify({ data: rows })), model);
  const problem = problemBody.parse(JSON.parse(answer.body));
  expect(answer.status).toBe(422);
  expect(problem.code).toBe('feature-type');
  expect(problem.errors).toEqual([{ pointer: '/data/417/2', code: 'feature-type' }]);
  expect(answer.body).not.toContain('secret');
  expect(answer.rowCount).toBe(0);
});

test("a refused body gets the status of its first fault's code", () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  for (const text of [
    '',
    '{',
    '[]',
    '{"data":[]}',
    '{"data":[1]}',
    '{"data":[1,2,3,1e999]}',
    deep,
    '{"a":1,"a":2}',
  ]) {
    const read = model.reader.read(bytes(text));
    expect(read.ok ? 200 : read.status).toBe(answerPrediction(bytes(text), model).status);
  }
});

test('class names that look like array indices keep the order of the classes', () => {
  const tree = { ...irisTree(), classNames: ['10', '2', 'a"b'] };
  const made = makeVersion(1, tree);
  const other = decodeServedModel({ model: 'decisiontree', version: 1, ...made }, 10);
  expect(answerPrediction(bytes('{"data":[1,1,5,2]}'), other).body).toContain('{"10":0,"2":0,"a\\"b":1}');
});

test('a record of another version, a tree of another digest and an unknown format are refused by their codes', () => {
  const decode = (changes: object) => () =>
    decodeServedModel({ model: 'decisiontree', version: 7, recordText, treeText, ...changes }, 10);
  expect(decode({ version: 8 })).toThrow(expect.objectContaining({ code: 'record-invalid' }));
  expect(decode({ model: 'other' })).toThrow(expect.objectContaining({ code: 'record-invalid' }));
  expect(decode({ treeText: treeText.replace('2.45', '2.46') })).toThrow(
    expect.objectContaining({ code: 'digest-mismatch' }),
  );
  expect(decode({ recordText: '{"format":"alder-version/9"}' })).toThrow(/alder-version\/9/);
});

import {
  curlCommand,
  fieldErrorOf,
  servePath,
  stepInWords,
} from '../../../services/dashboard/try-it/prediction';

test('an error belongs to the field that its pointer names', () => {
  expect(fieldErrorOf({ pointer: '/data/height', code: 'missing-feature' })).toEqual({
    field: 'height',
    words: 'a value is missing',
  });
  expect(fieldErrorOf({ pointer: '/data/a~1b~0c', code: 'new-code' })).toEqual({
    field: 'a/b~c',
    words: 'new-code',
  });
});

test.each(['', '/data', '/data/0/height', '/other/height'])('the pointer "%s" names no field', (pointer) => {
  expect(fieldErrorOf({ pointer, code: 'feature-type' })).toBeNull();
});

test('a step of the decision path names its comparison, its side and its rows', () => {
  const step = { node: 0, feature: 'height', threshold: 2.45, value: 1.4, rows: { oak: 41, ash: 0, elm: 2 } };
  expect(stepInWords({ ...step, side: 'left' })).toEqual({
    node: 0,
    comparison: 'height 1.4 ≤ 2.45',
    side: 'left',
    rows: '41 oak, 2 elm',
  });
  expect(stepInWords({ ...step, value: 3, side: 'right' }).comparison).toBe('height 3 > 2.45');
  expect(stepInWords({ node: 4, rows: { oak: 1 } })).toEqual({
    node: 4,
    comparison: null,
    side: null,
    rows: '1 oak',
  });
});

test('a quote in a feature name does not end the quotes of the shell', () => {
  const command = curlCommand('http://127.0.0.1:5000/x', '{"data":{"it\'s":1}}');
  expect(command).toContain(`-d '{"data":{"it'\\''s":1}}'`);
});

test('the path of a prediction is relative to the page and its parts are encoded', () => {
  expect(servePath('my model', 'champion')).toBe('models/serve/my%20model/champion?explain=true');
});

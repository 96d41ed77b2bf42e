import { curlCommand, faultOfField, servePath, wordsOf } from '../../../services/dashboard/try-it/prediction';

test('a fault is shown at the field that its pointer names', () => {
  expect(faultOfField({ pointer: '/data/height', code: 'missing-feature' })).toEqual({
    field: 'height',
    words: 'a value is missing here',
  });
  expect(faultOfField({ pointer: '/data/a~1b~0c', code: 'new-code' })).toEqual({
    field: 'a/b~c',
    words: 'new-code',
  });
});

test.each(['', '/data', '/data/0/height', '/other/height'])('the pointer "%s" names no field', (pointer) => {
  expect(faultOfField({ pointer, code: 'feature-type' })).toBeNull();
});

test('a step says which way the row went and what was there', () => {
  const step = { node: 0, feature: 'height', threshold: 2.45, value: 1.4, rows: { oak: 41, ash: 0, elm: 2 } };
  expect(wordsOf({ ...step, side: 'left' })).toEqual({
    node: 0,
    question: 'height 1.4 ≤ 2.45',
    side: 'left',
    rows: '41 oak, 2 elm',
  });
  expect(wordsOf({ ...step, value: 3, side: 'right' }).question).toBe('height 3 > 2.45');
  expect(wordsOf({ node: 4, rows: { oak: 1 } })).toEqual({
    node: 4,
    question: null,
    side: null,
    rows: '1 oak',
  });
});

test('a quote in a name does not end the quotes of the shell', () => {
  const command = curlCommand('http://127.0.0.1:5000/x', '{"data":{"it\'s":1}}');
  expect(command).toContain(`-d '{"data":{"it'\\''s":1}}'`);
});

test('the path is relative to the page, with its parts encoded', () => {
  expect(servePath('my model', 'champion')).toBe('models/serve/my%20model/champion?explain=true');
});

import {
  meaningOf,
  pointing,
  releasing,
  requestOf,
  rollingBack,
} from '../../../services/dashboard/versions/alias-change';
import { pointBody } from '../../../shared/api/models';

const CHAMPION = { version: 15, revision: 4, held: false };

test('a promotion names the revision that was confirmed', () => {
  const change = pointing('champion', 12, { champion: CHAMPION });
  const { method, path, headers, body } = requestOf('my model', change, ' slower in the field ', 'token');
  expect([method, path]).toEqual(['PUT', 'models/my%20model/aliases/champion']);
  expect(headers).toMatchObject({ 'if-match': '"4"', authorization: 'Bearer token' });
  expect(pointBody.parse(JSON.parse(body))).toEqual({ version: 12, reason: 'slower in the field' });
});

test('a new alias is sent with the condition that it does not exist', () => {
  const change = pointing('stable', 12, { champion: CHAMPION });
  const { headers } = requestOf('m', change, '', '');
  expect(headers).toMatchObject({ 'if-none-match': '*' });
  expect(headers).not.toHaveProperty('authorization');
  expect(headers).not.toHaveProperty('if-match');
});

test('an alias named like a property of every object is a new alias', () => {
  expect(pointing('constructor', 1, {}).from).toBeNull();
});

test('a rollback and a release send the reason and no version', () => {
  expect(requestOf('m', rollingBack(CHAMPION, 14), 'bad', '')).toMatchObject({
    method: 'POST',
    path: 'models/m/rollback',
    headers: { 'if-match': '"4"' },
    body: '{"reason":"bad"}',
  });
  expect(requestOf('m', releasing(CHAMPION), '', '')).toMatchObject({ path: 'models/m/release', body: '{}' });
});

test.each([pointing('champion', 12, { champion: CHAMPION }), rollingBack(CHAMPION, 12)])(
  'the confirmation of a $kind names both versions',
  (change) => {
    expect(meaningOf(change)).toContain('version 12');
    expect(meaningOf(change)).toContain('version 15');
  },
);

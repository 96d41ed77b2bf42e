import fc from 'fast-check';
import {
  coordinatesOf,
  coordinatesText,
  progressMessage,
  progressOf,
  replayHeaders,
  replayOf,
} from '../../shared/row-log/rejected-messages';
import type { ReplayProgress } from '../../shared/row-log/row-log';

const partition = fc.nat(1_000);
const offset = fc.maxSafeNat();
const coordinates = fc.record({ partition, offset, line: fc.nat(50_000) });
const attempt = fc.integer({ min: 1, max: 999_999 });
const mark: fc.Arbitrary<ReplayProgress> = fc.oneof(
  fc.record({
    kind: fc.constant('begun' as const),
    run: fc.uuid(),
    from: fc.array(fc.tuple(partition, offset), { minLength: 1, maxLength: 9 }).map((each) => new Map(each)),
  }),
  fc.record({
    kind: fc.constant('replayed' as const),
    row: coordinates,
    attempt,
    sent: fc.record({ partition, offset }),
  }),
  fc.record({ kind: fc.constant('ended' as const), run: fc.uuid() }),
);

test('headers of a replay and of its progress are read back as they were written', () => {
  fc.assert(
    fc.property(mark, fc.record({ row: coordinates, origin: coordinates, attempt }), (each, replay) => {
      expect(progressOf(progressMessage('rows', each).headers)).toEqual(each);
      expect(replayOf(replayHeaders(replay))).toEqual(replay);
      expect(coordinatesOf(coordinatesText(replay.row))).toEqual(replay.row);
    }),
    { seed: 11 },
  );
});

test('a replayed row is no progress, and progress is no replayed row', () => {
  const row = { partition: 0, offset: 7, line: 1 };
  expect(progressOf(replayHeaders({ row, origin: row, attempt: 1 }))).toBeNull();
  const noted = progressMessage('rows', {
    kind: 'replayed',
    row,
    attempt: 1,
    sent: { partition: 0, offset: 9 },
  });
  expect(replayOf(noted.headers)).toBeNull();
});

test.each([
  { 'alder-rejected': '0/1/0', 'alder-attempt': '1' },
  { 'alder-rejected': '0/1/0', 'alder-origin': '0/1/0', 'alder-attempt': '0' },
  { 'alder-rejected': '0/1/0', 'alder-origin': '0/1/0', 'alder-attempt': '1000000' },
  { 'alder-rejected': '0/-1/0', 'alder-origin': '0/1/0', 'alder-attempt': '1' },
  { 'alder-rejected': '0/9007199254740993/0', 'alder-origin': '0/1/0', 'alder-attempt': '1' },
  { 'alder-rejected': '0/1', 'alder-origin': '0/1/0', 'alder-attempt': '1' },
])('malformed headers make no replayed row: %j', (headers) => {
  expect(replayOf(headers)).toBeNull();
});

test.each([
  { 'alder-replayed': '0/1/0', 'alder-attempt': '1' },
  { 'alder-replay': 'begun', 'alder-run': 'x' },
  { 'alder-replay': 'begun', 'alder-run': 'x', 'alder-from': '0:1,' },
  { 'alder-replay': 'paused', 'alder-run': 'x' },
  { 'alder-replay': 'ended' },
])('malformed headers make no progress: %j', (headers) => {
  expect(progressOf(headers as Record<string, string>)).toBeNull();
});

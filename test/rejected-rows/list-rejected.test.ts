import { listRejected } from '../../services/rejected-rows/list-rejected';
import { ManualClock } from '../support/manual-clock';
import { MemoryRowLog } from '../support/memory-row-log';
import { rejectAgain, rejectedAt, replayed } from './rejected-rows';

const ALL = { reason: null, limit: 20 };

test('rejected rows are listed newest first, with sums over all of them', async () => {
  const clock = new ManualClock();
  const log = MemoryRowLog.open({ clock });
  await log.appendRejected([
    rejectedAt(1),
    rejectedAt(2, { reason: 'too-large', wholeSha256: 'ab'.repeat(32), wholeBytes: 2_000_000 }),
    rejectedAt(2, { reason: 'too-large', wholeSha256: 'ab'.repeat(32), wholeBytes: 2_000_000 }),
    rejectedAt(3, { line: 4 }),
  ]);
  const { rows, sums } = await listRejected({ ...ALL, log, limit: 2 });
  expect(rows).toEqual([
    {
      partition: 0,
      offset: 3,
      line: 4,
      reason: 'unknown-class',
      attempts: 1,
      origin: '0/3/4',
      at: new Date(clock.wallTime()).toISOString(),
      bytes: 5,
      wholeBytes: null,
      isTruncated: false,
      isReplayed: false,
      preview: 'row 3',
    },
    expect.objectContaining({ offset: 2, bytes: 5, wholeBytes: 2_000_000, isTruncated: true }),
  ]);
  expect(sums).toEqual([
    { reason: 'unknown-class', rows: 2, replayed: 0, truncated: 0 },
    { reason: 'too-large', rows: 1, replayed: 0, truncated: 1 },
  ]);
});

test('a reason limits the list and the sums to its rows', async () => {
  const log = MemoryRowLog.open();
  await log.appendRejected([rejectedAt(1), rejectedAt(2, { reason: 'invalid-json' })]);
  const { rows, sums } = await listRejected({ ...ALL, log, reason: 'invalid-json' });
  expect(rows.map(({ offset }) => offset)).toEqual([2]);
  expect(sums.map(({ reason, rows: count }) => [reason, count])).toEqual([['invalid-json', 1]]);
});

test('a row that was sent again is listed as replayed, and its next rejection as a second attempt', async () => {
  const log = MemoryRowLog.open();
  await log.append(0, [{ value: 'row 0' }]);
  await log.appendRejected([rejectedAt(0)]);
  await replayed(log);
  await rejectAgain(log);
  const { rows, sums } = await listRejected({ ...ALL, log });
  expect(
    rows.map(({ offset, origin, attempts, isReplayed }) => [offset, origin, attempts, isReplayed]),
  ).toEqual([
    [1, '0/0/0', 2, false],
    [0, '0/0/0', 1, true],
  ]);
  expect(sums).toEqual([{ reason: 'unknown-class', rows: 2, replayed: 1, truncated: 0 }]);
});

test('messages that are no rejected rows of this topic are skipped', async () => {
  const log = MemoryRowLog.open();
  const rejected = log.openRejected();
  await rejected.append(0, [
    { value: 'no headers' },
    { value: 'x', headers: { 'alder-topic': 'another', 'alder-partition': '0' } },
    { value: 'x', headers: { 'alder-replayed': 'nonsense' } },
  ]);
  expect(await listRejected({ ...ALL, log })).toEqual({ rows: [], sums: [] });
});

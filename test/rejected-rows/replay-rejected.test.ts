import { AlderError } from '../../shared/errors';
import { MemoryRowLog } from '../support/memory-row-log';
import { rejectAgain, rejectedAt, replayed, sentAgain } from './rejected-rows';

const NONE = { replayed: 0, cut: 0, encoded: 0, attemptsUsedUp: 0 };
const lost = () => {
  throw new AlderError('log-unavailable', 'the acknowledgement was lost');
};

async function logWith(offsets: readonly number[], partitions = 1): Promise<MemoryRowLog> {
  const log = MemoryRowLog.open({ partitions });
  await log.append(0, [{ value: 'a row' }]);
  await log.appendRejected(offsets.map((offset) => rejectedAt(offset)));
  return log;
}

test('each rejected row is sent once, whole, as its own message with its origin', async () => {
  const log = await logWith([3, 4]);
  const { summary, failure } = await replayed(log);
  expect(failure).toBeNull();
  expect(summary).toEqual({
    rows: 2,
    due: 2,
    ...NONE,
    sent: 2,
    foundInLog: 0,
    dryRun: false,
    ended: 'done',
  });
  expect(sentAgain(log)).toEqual([
    'row 3 of 0/3/0, origin 0/3/0, attempt 1',
    'row 4 of 0/4/0, origin 0/4/0, attempt 1',
  ]);
});

test('a second replay sends only rows that were rejected again, with one attempt more', async () => {
  const log = await logWith([3]);
  await replayed(log);
  expect((await replayed(log)).summary).toMatchObject({ rows: 1, due: 0, replayed: 1, sent: 0 });
  await rejectAgain(log);
  expect((await replayed(log)).summary).toMatchObject({ rows: 2, due: 1, replayed: 1, sent: 1 });
  expect(sentAgain(log)).toEqual([
    'row 3 of 0/3/0, origin 0/3/0, attempt 1',
    'row 3 of 0/1/0, origin 0/3/0, attempt 2',
  ]);
});

test('a row is sent at most attemptsMax times over all replays', async () => {
  const log = await logWith([0]);
  for (let attempt = 1; attempt <= 3; attempt++) {
    expect((await replayed(log, { attemptsMax: 3 })).summary.sent).toBe(1);
    await rejectAgain(log);
  }
  expect((await replayed(log, { attemptsMax: 3 })).summary).toMatchObject({
    sent: 0,
    due: 0,
    replayed: 3,
    attemptsUsedUp: 1,
  });
  expect((await replayed(log, { attemptsMax: 4 })).summary.sent).toBe(1);
});

test('a copy that a crash left twice is one row', async () => {
  const log = await logWith([3, 3, 4, 3]);
  expect((await replayed(log)).summary).toMatchObject({ rows: 2, sent: 2 });
});

test('cut and compressed rows are counted and not sent', async () => {
  const log = await logWith([3]);
  await log.appendRejected([
    rejectedAt(4, { reason: 'too-large', wholeSha256: 'ab'.repeat(32), wholeBytes: 2_000_000 }),
    rejectedAt(5, { reason: 'unsupported-encoding' }),
    rejectedAt(6, { reason: 'null-value', bytes: null }),
  ]);
  expect((await replayed(log)).summary).toMatchObject({ rows: 4, due: 2, sent: 2, cut: 1, encoded: 1 });
  expect(sentAgain(log).map((each) => each.split(' of')[0])).toEqual(['row 3', 'null']);
});

test('a reason limits a replay to its rows', async () => {
  const log = await logWith([3]);
  await log.appendRejected([rejectedAt(4, { reason: 'invalid-json' })]);
  expect((await replayed(log, { reason: 'invalid-json' })).summary).toMatchObject({ rows: 1, sent: 1 });
  expect(sentAgain(log)).toEqual(['row 4 of 0/4/0, origin 0/4/0, attempt 1']);
});

test('a row is sent to its own partition', async () => {
  const log = await logWith([3], 2);
  await log.appendRejected([rejectedAt(8, { partition: 1, line: 2 })]);
  await replayed(log);
  expect(sentAgain(log, 0)).toHaveLength(1);
  expect(sentAgain(log, 1)).toEqual(['row 8 of 1/8/2, origin 1/8/2, attempt 1']);
});

test('a send has at most 100 rows, and a row of the largest size goes alone', async () => {
  const log = await logWith(Array.from({ length: 101 }, (_, i) => i + 1));
  const bytes = Buffer.alloc(1_000_000, 'x');
  await log.appendRejected([rejectedAt(200, { bytes }), rejectedAt(201, { bytes }), rejectedAt(202)]);
  await replayed(log);
  expect(log.appends.map(({ messages }) => messages)).toEqual([1, 100, 1, 1, 1, 1]);
});

test('a dry run counts and writes nothing', async () => {
  const log = await logWith([3, 4]);
  const before = log.openRejected().ends();
  expect((await replayed(log, { isDryRun: true })).summary).toMatchObject({ due: 2, sent: 0, dryRun: true });
  expect([log.ends(), log.openRejected().ends()]).toEqual([[1], before]);
});

describe('a replay that dies before it notes its sent rows', () => {
  test('after a lost acknowledgement the next replay finds the rows in the log and does not send them again', async () => {
    const log = await logWith([3, 4]);
    log.afterAppend = lost;
    const broken = await replayed(log);
    expect(broken.failure).toMatchObject({ code: 'log-unavailable' });
    expect(broken.summary).toMatchObject({ ended: 'failed', due: 2, sent: 0 });
    log.afterAppend = () => undefined;
    await log.append(0, [{ value: 'a row of somebody else' }]);
    const marks = log.openRejected().ends();
    expect((await replayed(log, { isDryRun: true })).summary).toMatchObject({ due: 0, foundInLog: 2 });
    expect(log.openRejected().ends()).toEqual(marks);
    expect((await replayed(log)).summary).toMatchObject({ sent: 0, foundInLog: 2, replayed: 2, due: 0 });
    expect(sentAgain(log)).toHaveLength(2);
    expect((await replayed(log)).summary).toMatchObject({ sent: 0, foundInLog: 0, replayed: 2 });
  });

  test('after an append that failed the next replay sends the rows', async () => {
    const log = await logWith([3, 4]);
    log.beforeAppend = lost;
    expect((await replayed(log)).failure).not.toBeNull();
    log.beforeAppend = () => undefined;
    expect((await replayed(log)).summary).toMatchObject({ sent: 2, foundInLog: 0 });
  });

  test('after a send without its marks the next replay finds the sent rows, and sends the rest', async () => {
    const log = await logWith(Array.from({ length: 150 }, (_, i) => i + 1));
    let sends = 0;
    log.beforeMarks = (marks) => {
      if (marks[0]?.kind === 'replayed' && ++sends === 1) lost();
    };
    expect((await replayed(log)).summary).toMatchObject({ ended: 'failed', sent: 100 });
    expect((await replayed(log)).summary).toMatchObject({ ended: 'done', foundInLog: 100, sent: 50 });
    expect(new Set(sentAgain(log)).size).toBe(150);
    expect(sentAgain(log)).toHaveLength(150);
  });

  test('the next replay searches only behind the offsets where the dead replay began', async () => {
    const log = await logWith([3]);
    await replayed(log);
    const ranges: number[] = [];
    const readRange = log.readRange.bind(log);
    log.readRange = (range, ...rest) => {
      ranges.push(range.from);
      return readRange(range, ...rest);
    };
    await log.appendRejected([rejectedAt(9)]);
    log.afterAppend = lost;
    await replayed(log);
    expect(ranges).toEqual([]);
    log.afterAppend = () => undefined;
    expect((await replayed(log)).summary.foundInLog).toBe(1);
    expect(ranges).toEqual([2]);
    await replayed(log);
    expect(ranges).toEqual([2]);
  });
});

test('a stop ends a replay between two sends, and the next replay continues', async () => {
  const log = await logWith(Array.from({ length: 250 }, (_, i) => i + 1));
  const stopping = new AbortController();
  log.afterAppend = () => stopping.abort();
  const { summary } = await replayed(log, { signal: stopping.signal });
  expect(summary).toMatchObject({ ended: 'stopped', due: 250, sent: 100 });
  log.afterAppend = () => undefined;
  expect((await replayed(log)).summary).toMatchObject({ ended: 'done', sent: 150, replayed: 100 });
  expect(new Set(sentAgain(log)).size).toBe(250);
});

test('a replay that begins during another takes over, and no row is sent twice', async () => {
  const log = await logWith(Array.from({ length: 250 }, (_, i) => i + 1));
  const other = log.reopen();
  let second: ReturnType<typeof replayed> | null = null;
  log.beforeMarks = async (marks) => {
    if (marks[0]?.kind !== 'replayed' || second !== null) return;
    second = replayed(other);
    await second;
  };
  const first = await replayed(log);
  expect(first.summary).toMatchObject({ ended: 'another-run', sent: 100 });
  expect((await second!).summary).toMatchObject({ ended: 'done', foundInLog: 100, sent: 150 });
  expect(sentAgain(log)).toHaveLength(250);
  expect(new Set(sentAgain(log)).size).toBe(250);
});

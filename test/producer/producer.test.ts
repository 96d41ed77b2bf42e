import { simulatedRows } from '../../services/producer/simulate';
import { AlderError } from '../../shared/errors';
import { ManualClock } from '../support/manual-clock';
import { MemoryRowLog } from '../support/memory-row-log';
import { allRows, drive, produce, rowsIn, upTo } from './producer-support';
import { collect, numberedRows, sourceOf, twoFeatures } from './rows-support';

test('every row is in the log once, in file order, with its row number and its file name', async () => {
  const log = MemoryRowLog.open();
  expect(await produce(log)).toEqual({
    rows: 100,
    acknowledged: 100,
    alreadyInLog: 0,
    willBeRejected: 0,
    unanswered: 0,
    resumedFrom: null,
    stopped: false,
  });
  expect(rowsIn(log, 0)).toEqual(upTo(100));
  expect(log.messages(0)[7]).toEqual({
    offset: 7,
    text: '{"data":[7,3.5],"label":"b"}',
    headers: { 'alder-row': '7', 'alder-file': 'numbered.csv' },
  });
});

test('row i goes to partition i mod P', async () => {
  const log = MemoryRowLog.open({ partitions: 3 });
  await produce(log, { rows: numberedRows(8) });
  expect([0, 1, 2].map((partition) => rowsIn(log, partition))).toEqual([
    [0, 3, 6],
    [1, 4, 7],
    [2, 5],
  ]);
});

test('rows that share a message go to partition m mod P, under the number of the first', async () => {
  const log = MemoryRowLog.open({ partitions: 2 });
  await produce(log, { rows: numberedRows(8), rowsPerMessage: 3 });
  expect(rowsIn(log, 0)).toEqual([0, 1, 2, 6, 7]);
  expect(rowsIn(log, 1)).toEqual([3, 4, 5]);
  expect(log.messages(0).map(({ headers }) => headers!['alder-row'])).toEqual(['0', '6']);
});

test('an append takes one partition and at most a thousand messages', async () => {
  const log = MemoryRowLog.open({ partitions: 2 });
  await produce(log, { rows: numberedRows(4_500) });
  expect(log.appends.every(({ messages }) => messages <= 1_000)).toBe(true);
  expect(log.appends).toHaveLength(2 * 3);
  expect(allRows(log, 2)).toEqual(upTo(4_500));
});

test('rows that the trainer will reject are sent and counted', async () => {
  const log = MemoryRowLog.open();
  const rows = sourceOf([
    { features: [1, 2], label: 'a' },
    { features: ['n/a', 2], label: 'a' },
    { features: [1, 2], label: 'z' },
  ]);
  expect(await produce(log, { rows })).toMatchObject({ acknowledged: 3, willBeRejected: 2 });
  expect(log.messages(0)[1]!.text).toBe('{"data":["n/a",2],"label":"a"}');
});

test('simulated rows carry their seed and no row number', async () => {
  const log = MemoryRowLog.open();
  const stop = new AbortController();
  log.afterAppend = () => stop.abort();
  const rows = simulatedRows(numberedRows(10), { seed: 42, driftPerThousandRows: 0 });
  expect(await produce(log, { rows, signal: stop.signal })).toMatchObject({
    stopped: true,
    acknowledged: 1_000,
  });
  expect(log.messages(0).every(({ headers }) => JSON.stringify(headers) === '{"alder-simulated":"42"}')).toBe(
    true,
  );
});

test('progress reports the rows in the log after each append, and the total where it is known', async () => {
  const seen: [number, number | null][] = [];
  const onProgress = (rows: number, total: number | null) => seen.push([rows, total]);
  await produce(MemoryRowLog.open(), { rows: numberedRows(2_500), onProgress });
  expect(seen).toEqual([1_000, 2_000, 2_500].map((rows) => [rows, 2_500]));
});

test('a source that gives arrays of rows is sent like a source that gives single rows', async () => {
  const rows = await collect(numberedRows(103).rows());
  const inRuns = {
    ...numberedRows(103),
    async *runs() {
      for (const [from, end] of [
        [0, 1],
        [1, 1],
        [1, 58],
        [58, 103],
      ])
        yield rows.slice(from, end);
    },
  };
  for (const rowsPerMessage of [1, 4, 200]) {
    const [alone, many] = [MemoryRowLog.open(), MemoryRowLog.open()];
    await produce(alone, { rowsPerMessage, rows: numberedRows(103) });
    await produce(many, { rowsPerMessage, rows: inRuns });
    expect(many.messages(0).map(({ text }) => text)).toEqual(alone.messages(0).map(({ text }) => text));
  }
});

test('the next rows are encoded during an append, and no second append begins', async () => {
  const log = MemoryRowLog.open();
  const source = numberedRows(3_500);
  let rowsMade = 0;
  let underWay = 0;
  const madeBefore: number[] = [];
  log.beforeAppend = async () => {
    expect(++underWay).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    madeBefore.push(rowsMade);
  };
  log.afterAppend = async () => {
    underWay--;
  };
  const rows = {
    ...source,
    async *rows() {
      for await (const row of source.rows()) {
        rowsMade++;
        yield row;
      }
    },
  };
  expect(await produce(log, { rows })).toMatchObject({ acknowledged: 3_500, unanswered: 0 });
  expect(rowsIn(log, 0)).toEqual(upTo(3_500));
  // The row that finds no room any more waits in the hand.
  expect(madeBefore).toEqual([2_001, 3_001, 3_500, 3_500]);
});

test('rows in flight are counted before an error of the source ends the run', async () => {
  const log = MemoryRowLog.open();
  const progress: number[] = [];
  const rows = {
    ...numberedRows(1_500),
    async *rows() {
      yield* await collect(numberedRows(1_500).rows());
      throw new Error('the file went away');
    },
  };
  log.beforeAppend = () => new Promise((resolve) => setImmediate(resolve));
  await expect(produce(log, { rows, onProgress: (sent) => progress.push(sent) })).rejects.toThrow(
    'went away',
  );
  expect(progress).toEqual([1_000]);
  expect(rowsIn(log, 0)).toEqual(upTo(1_000));
});

test('a refused append ends the run while the next rows are being encoded', async () => {
  const log = MemoryRowLog.open();
  log.beforeAppend = () => {
    throw new AlderError('append-refused', 'row log: too large');
  };
  await expect(produce(log, { rows: numberedRows(5_000) })).rejects.toMatchObject({ code: 'append-refused' });
});

test('an abort lets the append in flight finish and sends nothing after it', async () => {
  const log = MemoryRowLog.open({ partitions: 2 });
  const stop = new AbortController();
  log.beforeAppend = () => stop.abort();
  expect(await produce(log, { signal: stop.signal })).toMatchObject({ acknowledged: 50, stopped: true });
  expect(log.appends).toHaveLength(1);
});

test('an abort before the start sends nothing', async () => {
  const log = MemoryRowLog.open();
  expect(await produce(log, { signal: AbortSignal.abort() })).toMatchObject({ rows: 0, stopped: true });
});

describe('a producer with a rate', () => {
  test('the log holds as many rows as the rate allows at every moment', async () => {
    const clock = new ManualClock();
    const log = MemoryRowLog.open();
    const running = produce(log, { clock, ratePerSecond: 25 });
    for (let tick = 0; tick < 40; tick++) {
      await clock.advance(0);
      expect(rowsIn(log, 0)).toHaveLength(Math.min(100, Math.floor((clock.monotonicMs() * 25) / 1_000) + 1));
      await clock.advance(99);
    }
    expect(await drive(clock, running)).toMatchObject({ acknowledged: 100 });
  });

  test('a rate without a whole number of milliseconds per row does not drift', async () => {
    const clock = new ManualClock();
    const log = MemoryRowLog.open();
    const stop = new AbortController();
    const running = produce(log, {
      clock,
      ratePerSecond: 7,
      rows: numberedRows(10_000),
      signal: stop.signal,
    });
    await clock.advance(600_000);
    expect(rowsIn(log, 0)).toHaveLength(600 * 7 + 1);
    stop.abort();
    expect(await running).toMatchObject({ stopped: true, acknowledged: 600 * 7 + 1 });
  });

  test('a producer catches up after a slow append', async () => {
    const clock = new ManualClock();
    const log = MemoryRowLog.open();
    log.beforeAppend = () => (rowsIn(log, 0).length === 1 ? clock.sleep(2_000) : undefined);
    const running = produce(log, { clock, ratePerSecond: 10 });
    await clock.advance(3_000);
    expect(rowsIn(log, 0)).toHaveLength(3 * 10 + 1);
    expect(await drive(clock, running)).toMatchObject({ acknowledged: 100 });
  });

  test('a message goes out when its last row is due', async () => {
    const clock = new ManualClock();
    const log = MemoryRowLog.open();
    const running = produce(log, { clock, ratePerSecond: 10, rowsPerMessage: 7, rows: numberedRows(20) });
    await clock.advance(599);
    expect(rowsIn(log, 0)).toHaveLength(0);
    await clock.advance(1);
    expect(rowsIn(log, 0)).toHaveLength(7);
    await drive(clock, running);
    expect(rowsIn(log, 0)).toEqual(upTo(20));
  });
});

describe('a producer that needs permission to send', () => {
  test('nothing is sent without permission, and the missed rows are not caught up with', async () => {
    const clock = new ManualClock();
    const log = MemoryRowLog.open();
    let allowed = false;
    const running = produce(log, { clock, ratePerSecond: 10, isAllowed: () => allowed });
    await clock.advance(60_000);
    expect(log.appends).toHaveLength(0);
    allowed = true;
    await clock.advance(1_250);
    expect(rowsIn(log, 0).length).toBeGreaterThan(8);
    expect(rowsIn(log, 0).length).toBeLessThan(13);
    allowed = false;
    await clock.advance(60_000);
    const before = rowsIn(log, 0).length;
    allowed = true;
    await clock.advance(1_250);
    expect(rowsIn(log, 0).length - before).toBeGreaterThan(8);
    // The row that waited, the one due at once, and twelve more in 1,250 ms; not the 600 of a minute.
    expect(rowsIn(log, 0).length - before).toBeLessThan(15);
    await drive(clock, running);
    expect(rowsIn(log, 0)).toEqual(upTo(100));
  });

  test('a permission that is lost and given back between two rows is noticed', async () => {
    const clock = new ManualClock();
    const log = MemoryRowLog.open();
    let allowed = true;
    const rows = numberedRows(3);
    const running = produce(log, { clock, rows, ratePerSecond: 0.1, resume: true, isAllowed: () => allowed });
    await clock.advance(1_000);
    expect(rowsIn(log, 0)).toEqual([0]);
    allowed = false;
    await clock.advance(2_000);
    await produce(log, { rows, resume: true });
    allowed = true;
    await drive(clock, running);
    expect(rowsIn(log, 0)).toEqual([0, 1, 2]);
  });

  test('two resumed producers that pass the permission on send every row once between them', async () => {
    const clock = new ManualClock();
    const log = MemoryRowLog.open({ partitions: 2 });
    let turn = 0;
    const run = (own: number) =>
      produce(log, { clock, ratePerSecond: 10, resume: true, isAllowed: () => turn === own });
    const running = Promise.all([run(0), run(1)]);
    for (let hand = 0; hand < 6; hand++) {
      await clock.advance(2_000);
      turn = 1 - turn;
    }
    let over = false;
    running.then(() => {
      over = true;
    });
    for (; !over; turn = 1 - turn) await clock.advance(2_000);
    const [first, second] = await running;
    expect(first.acknowledged).toBeGreaterThan(0);
    expect(second.acknowledged).toBeGreaterThan(0);
    expect(first.acknowledged + second.acknowledged).toBe(100);
    expect(allRows(log, 2)).toEqual(upTo(100));
  });
});

test.each([
  ['rows per message', { rowsPerMessage: 0 }],
  ['rows per message', { rowsPerMessage: 1.5 }],
  ['the rate', { ratePerSecond: 0 }],
  ['the rate', { ratePerSecond: Number.NaN }],
])('a producer refuses %s out of bounds', async (name, options) => {
  await expect(produce(MemoryRowLog.open(), options)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining(name),
  });
});

test('a simulation cannot be resumed', async () => {
  const rows = simulatedRows(numberedRows(10), { seed: 1, driftPerThousandRows: 0 });
  await expect(
    produce(MemoryRowLog.open(), { rows, resume: true, schema: twoFeatures }),
  ).rejects.toMatchObject({
    code: 'usage',
  });
});

test('an error of the source ends the run', async () => {
  const rows = {
    ...numberedRows(1),
    rows: () => simulatedRows(sourceOf([]), { seed: 1, driftPerThousandRows: 0 }).rows(),
  };
  await expect(produce(MemoryRowLog.open(), { rows })).rejects.toMatchObject({ code: 'csv-invalid' });
});

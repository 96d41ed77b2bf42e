import fc from 'fast-check';
import type { RowSource } from '../../services/producer/row-source';
import { shuffledRows } from '../../services/producer/shuffle';
import { ManualClock } from '../support/manual-clock';
import { MemoryRowLog } from '../support/memory-row-log';
import { allRows, drive, produce, rowsIn, unavailable, upTo } from './producer-support';
import { numberedRows, sourceOf, twoFeatures } from './rows-support';

/** Runs until a number of appends have happened, then stops as a killed process would: no acknowledgement is seen. */
async function produceAndDie(
  log: MemoryRowLog,
  appends: number,
  rows: RowSource,
  rowsPerMessage: number,
): Promise<void> {
  const stop = new AbortController();
  const clock = new ManualClock();
  let seen = 0;
  log.afterAppend = () => {
    seen++;
    if (seen < appends) return;
    stop.abort();
    throw unavailable();
  };
  const running = produce(log, {
    rows,
    rowsPerMessage,
    resume: true,
    ratePerSecond: 1_000,
    clock,
    signal: stop.signal,
  });
  await drive(clock, running);
  log.afterAppend = () => undefined;
}

describe.each([
  [1, 1],
  [1, 7],
  [4, 1],
  [4, 7],
])('with %i partitions and %i rows per message', (partitions, rowsPerMessage) => {
  test('runs that are killed several times neither repeat nor lose a row', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 60 }),
        fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 3 }),
        async (rowCount, deaths) => {
          const log = MemoryRowLog.open({ partitions });
          for (const appends of deaths)
            await produceAndDie(log, appends, numberedRows(rowCount), rowsPerMessage);
          const summary = await produce(log, { rows: numberedRows(rowCount), rowsPerMessage, resume: true });
          expect(summary.alreadyInLog + summary.acknowledged).toBe(rowCount);
          expect(allRows(log, partitions)).toEqual(upTo(rowCount));
        },
      ),
      { seed: 11, numRuns: 40 },
    );
  });

  test('a resumed run begins in the middle and reports its first row', async () => {
    const log = MemoryRowLog.open({ partitions });
    await produceAndDie(log, 5, numberedRows(60), rowsPerMessage);
    const before = allRows(log, partitions).length;
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(60);
    const summary = await produce(log, { rows: numberedRows(60), rowsPerMessage, resume: true });
    expect(summary).toMatchObject({ resumedFrom: before, alreadyInLog: before, acknowledged: 60 - before });
  });
});

test('each partition is resumed at its own last row', async () => {
  const log = MemoryRowLog.open({ partitions: 4 });
  const stop = new AbortController();
  log.beforeAppend = (partition) => {
    if (partition === 1) stop.abort();
  };
  await produce(log, { resume: true, signal: stop.signal });
  log.beforeAppend = () => undefined;
  expect([0, 1, 2, 3].map((partition) => rowsIn(log, partition).length)).toEqual([25, 25, 0, 0]);
  expect(await produce(log, { resume: true })).toMatchObject({ resumedFrom: 2, acknowledged: 50 });
  expect(allRows(log, 4)).toEqual(upTo(100));
});

test('a finished file has nothing left to send', async () => {
  const log = MemoryRowLog.open();
  await produce(log);
  expect(await produce(log, { resume: true })).toMatchObject({
    acknowledged: 0,
    alreadyInLog: 100,
    resumedFrom: 100,
  });
});

test('rows that were appended to the file since the first run are sent', async () => {
  const log = MemoryRowLog.open();
  await produce(log, { rows: numberedRows(10) });
  await produce(log, { rows: numberedRows(15), resume: true });
  expect(rowsIn(log, 0)).toEqual(upTo(15));
});

test('other files, simulations and foreign messages are skipped, however many there are', async () => {
  const log = MemoryRowLog.open();
  await produce(log, { rows: numberedRows(10) });
  await produce(log, { rows: numberedRows(3_000, 'other.csv') });
  await log.append(0, [{ value: 'x', headers: { 'alder-file': 'numbered.csv' } }, { value: null }]);
  log.appendControlRecords(0, 300);
  expect(await produce(log, { rows: numberedRows(12), resume: true })).toMatchObject({
    resumedFrom: 10,
    acknowledged: 2,
  });
});

test('a run resumes after retention deleted all but the last messages', async () => {
  const log = MemoryRowLog.open();
  await produce(log, { rows: numberedRows(10) });
  log.deleteBelow(0, 9);
  expect(await produce(log, { rows: numberedRows(12), resume: true })).toMatchObject({
    resumedFrom: 10,
    acknowledged: 2,
  });
});

test('a shuffled file is resumed with the same seed and refused with another seed', async () => {
  const log = MemoryRowLog.open();
  await produceAndDie(log, 20, shuffledRows(numberedRows(50), 1), 1);
  await expect(produce(log, { rows: shuffledRows(numberedRows(50), 2), resume: true })).rejects.toMatchObject(
    {
      code: 'resume-impossible',
    },
  );
  await produce(log, { rows: shuffledRows(numberedRows(50), 1), resume: true });
  expect(allRows(log, 1)).toEqual(upTo(50));
});

describe('resuming is impossible', () => {
  const refused = (log: MemoryRowLog, rows: RowSource, rowsPerMessage: number) =>
    expect(produce(log, { rows, rowsPerMessage, resume: true })).rejects;

  test('a last row in the wrong partition makes resuming impossible', async () => {
    const log = MemoryRowLog.open();
    await produce(log, { rows: numberedRows(10) });
    log.addPartition();
    await refused(log, numberedRows(20), 1).toMatchObject({
      code: 'resume-impossible',
      message: expect.stringContaining('begins with row 9, which does not belong there with 2 partitions'),
    });
    expect(allRows(log, 2)).toEqual(upTo(10));
  });

  test('a wrong step before the last row makes resuming impossible, also in the right partition', async () => {
    const log = MemoryRowLog.open();
    await produce(log, { rows: numberedRows(9) });
    log.addPartition();
    await refused(log, numberedRows(20), 1).toMatchObject({
      code: 'resume-impossible',
      message: expect.stringContaining('row 8 comes after row 7'),
    });
  });

  test('a wrong step far before the last row makes resuming impossible', async () => {
    const log = MemoryRowLog.open();
    await produce(log, { rows: numberedRows(8) });
    await produce(log, { rows: numberedRows(256 - 1, 'other.csv') });
    const [value, headers] = [
      '{"data":[8,4],"label":"a"}',
      { 'alder-row': '8', 'alder-file': 'numbered.csv' },
    ];
    await log.append(0, [{ value, headers }]);
    log.addPartition();
    await refused(log, numberedRows(20), 1).toMatchObject({
      message: expect.stringContaining('row 8 comes after row 7'),
    });
  });

  test('another number of rows per message makes resuming impossible', async () => {
    const log = MemoryRowLog.open();
    await produce(log, { rows: numberedRows(50), rowsPerMessage: 1 });
    await refused(log, numberedRows(100), 7).toMatchObject({ code: 'resume-impossible' });
    const single = MemoryRowLog.open();
    await produce(single, { rows: numberedRows(1), rowsPerMessage: 1 });
    await refused(single, numberedRows(100), 7).toMatchObject({
      message: expect.stringContaining('row 0 in the log differs from this row of the source'),
    });
  });

  test('a changed or shorter file makes resuming impossible', async () => {
    const log = MemoryRowLog.open();
    await produce(log, { rows: numberedRows(10) });
    const changed = sourceOf(Array(20).fill({ features: [1, 1], label: 'a' }), 'numbered.csv');
    await refused(log, changed, 1).toMatchObject({ code: 'resume-impossible', hint: expect.any(String) });
    await refused(log, numberedRows(5), 1).toMatchObject({
      message: expect.stringContaining('the log holds rows behind the end of the file'),
    });
  });

  test('a schema of another layout makes resuming impossible', async () => {
    const log = MemoryRowLog.open();
    await produce(log, { rows: numberedRows(10) });
    const schema = { ...twoFeatures, layout: 'flat' as const };
    await expect(produce(log, { schema, resume: true })).rejects.toMatchObject({ code: 'resume-impossible' });
  });
});

import { simulatedRows } from '../../services/producer/simulate';
import { AlderError } from '../../shared/errors';
import { ManualClock } from '../support/manual-clock';
import { MemoryRowLog } from '../support/memory-row-log';
import { allRows, drive, produce, rowsIn, unavailable, upTo } from './producer-support';
import { collect, numberedRows, sourceOf } from './rows-support';

/** Fails the given calls (counted from 1) of a step. */
function failing(...calls: number[]): { step: () => void; failed: () => number } {
  let call = 0;
  let failed = 0;
  return {
    step: () => {
      call++;
      if (!calls.includes(call)) return;
      failed++;
      throw unavailable();
    },
    failed: () => failed,
  };
}

test('a lost acknowledgement repeats no row', async () => {
  const log = MemoryRowLog.open({ partitions: 2 });
  const acknowledgement = failing(1, 4);
  log.afterAppend = acknowledgement.step;
  const clock = new ManualClock();
  expect(await drive(clock, produce(log, { clock, rows: numberedRows(4_000) }))).toMatchObject({
    acknowledged: 4_000,
  });
  expect(acknowledgement.failed()).toBe(2);
  expect(allRows(log, 2)).toEqual(upTo(4_000));
});

test('an append that did not arrive is sent again', async () => {
  const log = MemoryRowLog.open();
  const appending = failing(1, 2, 4);
  log.beforeAppend = appending.step;
  const clock = new ManualClock();
  expect(await drive(clock, produce(log, { clock, rows: numberedRows(1_500) }))).toMatchObject({
    acknowledged: 1_500,
  });
  expect(appending.failed()).toBe(3);
  expect(rowsIn(log, 0)).toEqual(upTo(1_500));
});

test('simulated rows, which have no number, are recognised by their bytes', async () => {
  const log = MemoryRowLog.open();
  const stop = new AbortController();
  const acknowledgement = failing(1);
  log.afterAppend = () => {
    if (log.appends.length === 2) stop.abort();
    acknowledgement.step();
  };
  const clock = new ManualClock();
  const rows = simulatedRows(numberedRows(20), { seed: 3, driftPerThousandRows: 0 });
  await drive(clock, produce(log, { clock, rows, signal: stop.signal }));
  expect(acknowledgement.failed()).toBe(1);
  const drawn = (await collect(rows.rows(), 2_000)).map((row) => row.features[0]);
  expect(rowsIn(log, 0)).toEqual(drawn);
});

test('equal rows of an earlier run do not count as arrived', async () => {
  const log = MemoryRowLog.open();
  await produce(log, { rows: numberedRows(10) });
  log.beforeAppend = failing(1).step;
  const clock = new ManualClock();
  await drive(clock, produce(log, { clock, rows: numberedRows(10) }));
  expect(rowsIn(log, 0)).toEqual([...upTo(10), ...upTo(10)]);
});

test('messages of other producers in between do not count as arrived', async () => {
  const log = MemoryRowLog.open();
  let disturbed = false;
  log.afterAppend = async () => {
    if (disturbed) return;
    disturbed = true;
    await log.append(0, [{ value: '{"data":[-1,0],"label":"a"}' }, { value: null }]);
    log.appendControlRecords(0, 2);
    throw unavailable();
  };
  const clock = new ManualClock();
  await drive(clock, produce(log, { clock, rows: numberedRows(10) }));
  expect(log.messages(0).map(({ headers }) => headers?.['alder-row'])).toEqual([
    ...upTo(10).map(String),
    undefined,
    undefined,
  ]);
});

test('a load of which only the beginning arrived is completed', async () => {
  const log = MemoryRowLog.open();
  const whole = log.append.bind(log);
  let torn = false;
  log.append = async (partition, messages) => {
    if (torn) return whole(partition, messages);
    torn = true;
    await whole(partition, messages.slice(0, 3));
    throw unavailable();
  };
  const clock = new ManualClock();
  expect(await drive(clock, produce(log, { clock, rows: numberedRows(10) }))).toMatchObject({
    acknowledged: 10,
  });
  expect(rowsIn(log, 0)).toEqual(upTo(10));
});

test('equal messages are counted once each, also when a load is torn twice', async () => {
  const log = MemoryRowLog.open();
  const whole = log.append.bind(log);
  let torn = 0;
  log.append = async (partition, messages) => {
    torn++;
    if (torn > 2) return whole(partition, messages);
    await whole(partition, messages.slice(0, 3));
    throw unavailable();
  };
  const stop = new AbortController();
  log.afterAppend = () => {
    if (torn > 2) stop.abort();
  };
  const constant = sourceOf([{ features: [1, 1], label: 'a' }]);
  const rows = simulatedRows(constant, { seed: 1, driftPerThousandRows: 0 });
  const clock = new ManualClock();
  const summary = await drive(clock, produce(log, { clock, rows, signal: stop.signal }));
  expect(rowsIn(log, 0)).toHaveLength(summary.acknowledged);
  expect(summary.acknowledged).toBe(1_000);
});

test('an unavailable log ends the run after the last attempt, with waits that double up to their bound', async () => {
  const log = MemoryRowLog.open();
  const attemptsAtMs: number[] = [];
  const clock = new ManualClock();
  log.beforeAppend = () => {
    attemptsAtMs.push(clock.monotonicMs());
    throw unavailable();
  };
  const retry = { attemptsMax: 5, waitMsMin: 100, waitMsMax: 300 };
  await expect(drive(clock, produce(log, { clock, retry }))).rejects.toMatchObject({
    code: 'log-unavailable',
  });
  expect(attemptsAtMs).toEqual([0, 100, 100 + 200, 300 + 300, 600 + 300]);
});

test('an error that is not transient is not retried', async () => {
  const log = MemoryRowLog.open();
  let tries = 0;
  log.beforeAppend = () => {
    tries++;
    throw new AlderError('append-refused', 'row log: too large');
  };
  await expect(produce(log)).rejects.toMatchObject({ code: 'append-refused' });
  expect(tries).toBe(1);
});

test('an abort during the retries ends the run at once', async () => {
  const log = MemoryRowLog.open();
  const stop = new AbortController();
  log.beforeAppend = () => {
    throw unavailable();
  };
  const clock = new ManualClock();
  const running = produce(log, { clock, signal: stop.signal });
  await clock.untilSleeping();
  stop.abort();
  expect(await running).toMatchObject({ stopped: true, acknowledged: 0 });
});

test('a producer waits for a log that is unavailable at the start', async () => {
  const log = MemoryRowLog.open();
  const bounds = log.bounds.bind(log);
  const asking = failing(1, 2);
  log.bounds = async () => {
    asking.step();
    return bounds();
  };
  const clock = new ManualClock();
  expect(await drive(clock, produce(log, { clock }))).toMatchObject({ acknowledged: 100 });
  expect(asking.failed()).toBe(2);
});

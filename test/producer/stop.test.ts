import { AlderError } from '../../shared/errors';
import type { Log } from '../../shared/runtime/log';
import { ManualClock } from '../support/manual-clock';
import { MemoryRowLog } from '../support/memory-row-log';
import { drive, produce, unavailable } from './producer-support';
import { numberedRows } from './rows-support';

const never = () => new Promise<never>(() => undefined);

/** Log lines as `code message`. */
function collecting(): { notices: Log; lines: string[] } {
  const lines: string[] = [];
  const note = (code: string, message: string) => void lines.push(`${code} ${message}`);
  return { notices: { info: note, warn: note, error: note }, lines };
}

describe('a producer that is stopped while an append is under way', () => {
  test('a stopped producer waits a second for the append, then ends and reports the unanswered rows', async () => {
    const log = MemoryRowLog.open();
    const appending = new Promise<void>((resolve) => {
      log.beforeAppend = () => {
        resolve();
        return never();
      };
    });
    const stop = new AbortController();
    const clock = new ManualClock();
    const { notices, lines } = collecting();
    let isOver = false;
    const running = produce(log, { clock, signal: stop.signal, notices, rows: numberedRows(30) });
    void running.finally(() => {
      isOver = true;
    });
    await appending;
    stop.abort();
    await clock.advance(999);
    expect(isOver).toBe(false);
    await clock.advance(1);
    expect(await running).toMatchObject({ stopped: true, acknowledged: 0, unanswered: 30 });
    expect(lines).toEqual([
      'append-unanswered stopped before the log acknowledged 30 sent rows; the log may hold them; ' +
        'a start with --resume finds out and sends only missing rows',
    ]);
    expect(clock.sleeping).toBe(0);
  });

  test('a stopped producer counts the rows of an append that is answered in time', async () => {
    const log = MemoryRowLog.open();
    let answered = (): void => undefined;
    const appended = new Promise<void>((resolve) => {
      log.afterAppend = () => {
        resolve();
        return new Promise((answer) => {
          answered = answer;
        });
      };
    });
    const stop = new AbortController();
    const clock = new ManualClock();
    const { notices, lines } = collecting();
    const running = produce(log, { clock, signal: stop.signal, notices, rows: numberedRows(30) });
    await appended;
    stop.abort();
    await clock.advance(500);
    answered();
    expect(await running).toMatchObject({ acknowledged: 30, unanswered: 0 });
    expect(lines).toEqual([]);
  });

  test('a stopped producer ends while it searches for rows whose acknowledgement was lost', async () => {
    const log = MemoryRowLog.open();
    log.beforeAppend = () => {
      log.bounds = never;
      throw unavailable();
    };
    const stop = new AbortController();
    const clock = new ManualClock();
    const running = produce(log, { clock, signal: stop.signal, rows: numberedRows(5) });
    await clock.advance(200);
    stop.abort();
    await clock.advance(1_000);
    expect(await running).toMatchObject({ stopped: true, unanswered: 5 });
  });

  test('a stopped producer ends before the first row when the log does not report its bounds', async () => {
    const log = MemoryRowLog.open();
    log.bounds = never;
    const stop = new AbortController();
    const clock = new ManualClock();
    const running = produce(log, { clock, signal: stop.signal });
    await clock.untilSleeping();
    stop.abort();
    await clock.advance(1_000);
    expect(await running).toMatchObject({ stopped: true, unanswered: 0 });
  });
});

describe('rows that wait for the log', () => {
  test('waiting rows are reported with the code of the first failure, then every 10 s, and at the recovery', async () => {
    const log = MemoryRowLog.open();
    const clock = new ManualClock();
    log.beforeAppend = () => {
      if (clock.monotonicMs() < 25_000) throw new AlderError('log-unavailable', 'the disk is full');
    };
    const { notices, lines } = collecting();
    const retry = { attemptsMax: 100, waitMsMin: 1_000, waitMsMax: 1_000 };
    await drive(clock, produce(log, { clock, notices, retry, rows: numberedRows(40) }));
    expect(lines).toEqual([
      'log-unavailable 40 rows wait to be acknowledged, for 0 s so far: the disk is full',
      'log-unavailable 40 rows wait to be acknowledged, for 10 s so far: the disk is full',
      'log-unavailable 40 rows wait to be acknowledged, for 20 s so far: the disk is full',
      'append-recovered the log answers again after 25 s',
    ]);
  });

  test('waiting rows are reported after 10 s when the log gives no answer', async () => {
    const log = MemoryRowLog.open();
    const clock = new ManualClock();
    log.beforeAppend = () => clock.sleep(12_000);
    const { notices, lines } = collecting();
    await drive(clock, produce(log, { clock, notices, rows: numberedRows(40) }));
    expect(lines).toEqual([
      'append-waits 40 rows wait to be acknowledged, for 10 s so far: the log does not answer',
      'append-recovered the log answers again after 12 s',
    ]);
  });

  test('waiting rows are not reported while another process has the permission to send', async () => {
    const log = MemoryRowLog.open();
    const clock = new ManualClock();
    const { notices, lines } = collecting();
    const isAllowed = () => clock.monotonicMs() >= 60_000;
    await drive(clock, produce(log, { clock, notices, isAllowed, rows: numberedRows(3) }));
    expect(lines).toEqual([]);
  });
});

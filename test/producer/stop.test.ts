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
  test('waits a second for its answer, then ends and tells how many rows stay unknown', async () => {
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
      'append-unanswered stopped with 30 rows sent and not acknowledged: whether the log holds them is not known; ' +
        'a start with --resume looks there and goes on behind them',
    ]);
    expect(clock.sleeping).toBe(0);
  });

  test('counts the rows when the answer comes in time, and leaves nothing unknown', async () => {
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

  test('ends as well while it looks for rows whose acknowledgement was lost', async () => {
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

  test('ends as well before the first row, when the log does not say where it ends', async () => {
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
  test('are told of with the code of the first failure, then every 10 s, and when the log takes them again', async () => {
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

  test('are told of after 10 s when the log neither takes nor refuses them', async () => {
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

  test('are not told of while another process has the turn to send', async () => {
    const log = MemoryRowLog.open();
    const clock = new ManualClock();
    const { notices, lines } = collecting();
    const isAllowed = () => clock.monotonicMs() >= 60_000;
    await drive(clock, produce(log, { clock, notices, isAllowed, rows: numberedRows(3) }));
    expect(lines).toEqual([]);
  });
});

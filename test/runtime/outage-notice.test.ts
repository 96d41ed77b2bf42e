import { OutageNotice } from '../../shared/runtime/outage-notice';
import { ManualClock } from '../support/manual-clock';

function noted(clock: ManualClock, repeatMs?: number) {
  const lines: string[] = [];
  const notice = new OutageNotice({
    clock,
    ...(repeatMs === undefined ? {} : { repeatMs }),
    onOutage: (error, lastedMs) => lines.push(`out ${lastedMs} ${error === null ? 'silent' : String(error)}`),
    onRecovery: (lastedMs) => lines.push(`back ${lastedMs}`),
  });
  return { lines, notice };
}

test('an outage without a repetition is reported once, and its recovery once', async () => {
  const clock = new ManualClock();
  const { lines, notice } = noted(clock);
  notice.recovered();
  notice.failed('a');
  await clock.advance(60_000);
  notice.failed('b');
  expect(notice.isOut).toBe(true);
  notice.recovered();
  notice.recovered();
  expect(notice.isOut).toBe(false);
  expect(lines).toEqual(['out 0 a', 'back 60000']);
});

test('an outage is reported again with its newest error when repeatMs have passed', async () => {
  const clock = new ManualClock();
  const { lines, notice } = noted(clock, 1_000);
  notice.failed('a');
  await clock.advance(999);
  notice.failed('b');
  await clock.advance(1);
  notice.failed('c');
  expect(lines).toEqual(['out 0 a', 'out 1000 c']);
});

test('a call that gives no answer is reported every repeatMs until it ends, and the outage lasts until recovery', async () => {
  const clock = new ManualClock();
  const { lines, notice } = noted(clock, 1_000);
  let answer: (value: string) => void = () => undefined;
  const watched = notice.watch(() => new Promise<string>((resolve) => (answer = resolve)));
  await clock.advance(1_000);
  await clock.advance(1_000);
  answer('rows');
  expect(await watched).toBe('rows');
  await clock.advance(5_000);
  expect(notice.isOut).toBe(true);
  notice.recovered();
  expect(lines).toEqual(['out 1000 silent', 'out 2000 silent', 'back 7000']);
});

test('a call that throws passes its error on and reports nothing by itself', async () => {
  const clock = new ManualClock();
  const { lines, notice } = noted(clock, 1_000);
  await expect(notice.watch(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  await clock.advance(5_000);
  expect(lines).toEqual([]);
});

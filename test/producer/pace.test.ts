import { Pace } from '../../services/producer/pace';
import { ManualClock } from '../support/manual-clock';

test('without a rate every row is due', () => {
  expect(new Pace(null, new ManualClock()).waitMs(1_000_000)).toBe(0);
});

test('row n is due n / rate seconds after the start, in whole milliseconds upward', () => {
  const pace = new Pace(3, new ManualClock(500));
  expect([0, 1, 2, 3].map((row) => pace.waitMs(row))).toEqual([0, 334, 667, 1_000]);
});

test('a late wake-up delays no later row', () => {
  const clock = new ManualClock();
  const pace = new Pace(10, clock);
  clock.jump(250);
  expect([2, 3].map((row) => pace.waitMs(row))).toEqual([0, 300 - 250]);
});

test('a restarted pace does not catch up', () => {
  const clock = new ManualClock();
  const pace = new Pace(10, clock);
  clock.jump(60_000);
  pace.restart(5);
  expect([5, 6].map((row) => pace.waitMs(row))).toEqual([0, 100]);
});

import { getEventListeners } from 'node:events';
import { systemClock } from '../../shared/runtime/clock';

/** Longer than a test may take: a sleep that did not end early would fail it. */
const LONG_MS = 600_000;

test('a sleep ends when its time is over', async () => {
  const begunMs = systemClock.monotonicMs();
  await systemClock.sleep(5);
  // Timers count whole milliseconds of another clock, and may be early by one.
  expect(systemClock.monotonicMs() - begunMs).toBeGreaterThanOrEqual(4);
});

test('a sleep ends when the signal aborts, and does not begin when it has', async () => {
  const stopping = new AbortController();
  const sleeping = systemClock.sleep(LONG_MS, stopping.signal);
  stopping.abort();
  await sleeping;
  await systemClock.sleep(LONG_MS, stopping.signal);
});

test('a signal that many have slept on carries no listener afterwards', async () => {
  const { signal } = new AbortController();
  for (let i = 0; i < 3; i++) await systemClock.sleep(1, signal);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

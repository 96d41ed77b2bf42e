import { getEventListeners } from 'node:events';
import { systemClock } from '../../shared/runtime/clock';

/** Longer than a test may take, so that a sleep without an early end fails the test. */
const LONG_MS = 600_000;

test('a sleep ends after its time', async () => {
  const begunMs = systemClock.monotonicMs();
  await systemClock.sleep(5);
  // Timers count whole milliseconds of another clock, and may be early by one.
  expect(systemClock.monotonicMs() - begunMs).toBeGreaterThanOrEqual(4);
});

test('a sleep ends when the signal aborts, and an aborted signal ends it at once', async () => {
  const stopping = new AbortController();
  const sleeping = systemClock.sleep(LONG_MS, stopping.signal);
  stopping.abort();
  await sleeping;
  await systemClock.sleep(LONG_MS, stopping.signal);
});

test('a signal has no listener left after many sleeps', async () => {
  const { signal } = new AbortController();
  for (let i = 0; i < 3; i++) await systemClock.sleep(1, signal);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

import { getEventListeners } from 'node:events';
import { systemClock } from '../../shared/runtime/clock';
import { Signal } from '../../shared/runtime/signal';

/** Longer than a test may take, so that a wait without an early end fails the test. */
const LONG_MS = 600_000;

test('a notification ends a wait, and a notification before the wait is not lost', async () => {
  const { signal: stop } = new AbortController();
  const signal = new Signal();
  const waiting = signal.wait(LONG_MS, systemClock, stop);
  signal.notify();
  await waiting;
  signal.notify();
  await signal.wait(LONG_MS, systemClock, stop);
  expect(getEventListeners(stop, 'abort')).toEqual([]);
});

test('a notification ends all waits and is not kept for a later one', async () => {
  const signal = new Signal();
  const waiting = [signal.wait(LONG_MS), signal.wait(LONG_MS)];
  signal.notify();
  await Promise.all(waiting);
  let isOver = false;
  void signal.wait(LONG_MS).then(() => {
    isOver = true;
  });
  await systemClock.sleep(5);
  expect(isOver).toBe(false);
  signal.notify();
});

test('a reset forgets a notification that nobody waited for', async () => {
  const signal = new Signal();
  signal.notify();
  signal.reset();
  const begunMs = systemClock.monotonicMs();
  await signal.wait(10);
  expect(systemClock.monotonicMs() - begunMs).toBeGreaterThanOrEqual(9);
});

test('an abort ends a wait', async () => {
  const stopping = new AbortController();
  const waiting = new Signal().wait(LONG_MS, systemClock, stopping.signal);
  stopping.abort();
  await waiting;
});

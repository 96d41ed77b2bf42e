import { setTimeout as sleep } from 'node:timers/promises';

/** Less than the time of a request on its way; a tree of ten thousand leaves takes some twenty slices. */
const SLICE_MS = 0.25;
/**
 * Without pauses the work would be one long piece for the system's scheduler, which then prefers other processes: on a
 * busy core that doubled the longest request times around a swap.
 */
const PAUSE_MS = 1;

/**
 * Runs the steps in slices of about `SLICE_MS`, with a pause after each in which requests are answered. Work that fits
 * into one slice is done without a pause. Throws what a step throws.
 */
export async function runTimeSliced<T>(steps: Generator<void, T>): Promise<T> {
  for (;;) {
    const untilMs = performance.now() + SLICE_MS;
    do {
      const step = steps.next();
      if (step.done === true) return step.value;
    } while (performance.now() < untilMs);
    await sleep(PAUSE_MS);
  }
}

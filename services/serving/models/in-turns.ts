import { setTimeout as rest } from 'node:timers/promises';

/** Below what a request takes on its way anyhow; a tree of ten thousand leaves takes some twenty such turns. */
const TURN_MS = 0.25;
/**
 * Work without rests would be as long in one piece for the system's scheduler, which lets other processes go first
 * after such a piece: on a busy core that doubled the longest waits around a swap.
 */
const REST_MS = 1;

/**
 * Runs the steps in turns of about `TURN_MS`, with all that came in meanwhile answered between one turn and the next.
 * What takes less than a turn is done without waiting for anybody. Throws what a step throws.
 */
export async function inTurns<T>(steps: Generator<void, T>): Promise<T> {
  for (;;) {
    const untilMs = performance.now() + TURN_MS;
    do {
      const step = steps.next();
      if (step.done === true) return step.value;
    } while (performance.now() < untilMs);
    await rest(REST_MS);
  }
}

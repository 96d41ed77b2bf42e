import closeWithGrace from 'close-with-grace';

const CLOSE_MS_MAX = 10_000;

/**
 * Runs a role until it ends by itself or the process is told to stop (SIGINT, SIGTERM, an uncaught error). A stop aborts
 * the signal; the role then has `CLOSE_MS_MAX` to finish, and the process ends, with status 0 after SIGINT or SIGTERM.
 * A second SIGINT or SIGTERM ends the process at once.
 */
export async function runUntilSignal(role: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stopping = new AbortController();
  const running = role(stopping.signal);
  const closing = closeWithGrace({ delay: CLOSE_MS_MAX, logger: false }, async ({ err }) => {
    stopping.abort();
    if (err !== undefined) process.stderr.write(`alder: ${err.stack ?? err.message}\n`);
    await running.catch(() => undefined);
  });
  try {
    await running;
  } finally {
    if (!stopping.signal.aborted) closing.uninstall();
  }
  // After a stop, the handler of close-with-grace ends the process as soon as the role has ended.
  if (stopping.signal.aborted) await new Promise<never>(() => undefined);
}

/**
 * Runs tasks that belong together. When the first of them ends or throws, or the outer signal aborts, the signal of the
 * others aborts. Resolves when all tasks have ended; throws the error of the first task that failed.
 */
export async function runTogether(
  tasks: readonly ((signal: AbortSignal) => Promise<void>)[],
  outer: AbortSignal,
): Promise<void> {
  const together = new AbortController();
  const stop = () => together.abort();
  outer.addEventListener('abort', stop, { once: true });
  if (outer.aborted) stop();
  const failures: unknown[] = [];
  await Promise.all(
    tasks.map(async (task) => {
      try {
        await task(together.signal);
      } catch (error) {
        failures.push(error);
      } finally {
        stop();
      }
    }),
  );
  outer.removeEventListener('abort', stop);
  if (failures.length > 0) throw failures[0];
}

/** Resolves when the signal aborts. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/**
 * The result of a promise, or null as soon as the signal aborts. An adapter waits for its server without a bound, and
 * Ctrl-C must not wait for the adapter. An abandoned promise goes on until the process ends.
 */
export function unlessStopped<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | null> {
  return Promise.race([promise, untilAborted(signal).then(() => null)]);
}

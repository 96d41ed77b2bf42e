/**
 * Runs tasks that belong together: when the first of them ends or throws, or the outer signal aborts, the others are
 * told to stop, and all have ended when this resolves. Throws what the first failing task threw.
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

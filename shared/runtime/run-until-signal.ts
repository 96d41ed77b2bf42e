import closeWithGrace from 'close-with-grace';

const CLOSE_MS_MAX = 10_000;

/**
 * Runs a role until it ends by itself or the process is told to stop (SIGINT, SIGTERM, an error that nobody caught):
 * then the signal aborts, the role has `CLOSE_MS_MAX` to finish, and the process ends, with status 0 after a signal.
 * A second signal ends it at once.
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
  // Told to stop: the handler that told us ends the process once it sees the role ended.
  if (stopping.signal.aborted) await new Promise<never>(() => undefined);
}

const PAUSE_MS = 10;

/** Reads until the value is accepted, and returns it; errors of a read are retried. Throws after `msMax`. */
export async function waitUntil<T>(
  what: string,
  msMax: number,
  look: () => Promise<T>,
  holds: (seen: T) => boolean,
): Promise<T> {
  const untilMs = performance.now() + msMax;
  let last: unknown;
  for (;;) {
    try {
      const seen = await look();
      if (holds(seen)) return seen;
      last = seen;
    } catch (error) {
      last = error;
    }
    if (performance.now() > untilMs) {
      const seen = last instanceof Error ? last.message : JSON.stringify(last);
      throw new Error(`waited ${msMax} ms for ${what}; last seen: ${seen}`);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

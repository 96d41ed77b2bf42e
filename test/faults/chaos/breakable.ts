/**
 * A target of faults. Each method returns the proof of its effect in words, for the journal, and throws without one,
 * since a fault that did not happen proves nothing.
 */
export interface Breakable {
  /** kill -9. */
  kill(): Promise<string>;
  /** After `kill`. */
  startAgain(): Promise<string>;
  /** SIGSTOP, or a container's pause: no thread runs, connections stay open. */
  freeze(): Promise<string>;
  /** After `freeze`. Proves that the target was stopped until now. */
  awake(): Promise<string>;
  /** Stops the target gracefully and starts it again. */
  restart(): Promise<string>;
}

/** Throws unless the proof holds. */
export function prove(holds: boolean, what: string): string {
  if (!holds) throw new Error(`not so: ${what}`);
  return what;
}

/**
 * What the script breaks. Each verb that breaks or mends gives the proof that it did, in words for the journal, and
 * throws when it did not: a fault that did not happen shows nothing.
 */
export interface Breakable {
  /** kill -9. */
  kill(): Promise<string>;
  /** After `kill`. */
  startAgain(): Promise<string>;
  /** SIGSTOP, or a container's pause: no thread runs, connections stay open. */
  freeze(): Promise<string>;
  /** After `freeze`. Proves that it was stopped until now. */
  awake(): Promise<string>;
  /** Ends it in order and starts it again. */
  restart(): Promise<string>;
}

/** Throws unless the fault can be seen to have happened. */
export function prove(holds: boolean, what: string): string {
  if (!holds) throw new Error(`not so: ${what}`);
  return what;
}

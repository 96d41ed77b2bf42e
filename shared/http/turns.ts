import type { Duplex } from 'node:stream';

/** About 3 KB each, so 60 MB at most. */
const WAITING_REQUESTS_MAX = 20_000;

/**
 * Lets the requests of one connection be handled one after another, each when the answer before it has gone out.
 *
 * Node hands over pipelined requests as fast as it reads them. All handled at once, 64 KB of them become two thousand
 * answers that wait in memory for a client which may never read one.
 */
export class Turns {
  private readonly lines = new WeakMap<Duplex, (() => void)[]>();
  private waiting = 0;

  /**
   * Takes the turn when no answer before it is owed on this connection, else false. Whoever has a turn ends it when the
   * answer has gone out.
   */
  takeFree(socket: Duplex): boolean {
    const line = this.lines.get(socket) ?? this.open(socket);
    if (line.length > 0) return false;
    line.push(HANDLED);
    this.waiting++;
    return true;
  }

  /** Calls `handle` when it is this request's turn, unless the connection closes first; false when too many wait. */
  wait(socket: Duplex, handle: () => void): boolean {
    const line = this.lines.get(socket);
    if (line === undefined || this.waiting >= WAITING_REQUESTS_MAX) return false;
    line.push(handle);
    this.waiting++;
    return true;
  }

  /** The next turn comes with the next round of the event loop, so that one connection cannot keep it to itself. */
  end(socket: Duplex): void {
    const line = this.lines.get(socket);
    if (line === undefined || line.length === 0) return;
    line.shift();
    this.waiting--;
    if (line.length > 0) setImmediate(() => line[0]?.());
  }

  private open(socket: Duplex): (() => void)[] {
    const line: (() => void)[] = [];
    this.lines.set(socket, line);
    socket.once('close', () => {
      this.waiting -= line.length;
      line.length = 0;
    });
    return line;
  }
}

/** Stands in the line for a request that did not have to wait. */
const HANDLED = () => undefined;

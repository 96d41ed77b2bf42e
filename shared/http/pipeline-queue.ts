import type { Duplex } from 'node:stream';

/** About 3 KB each, so 60 MB at most. */
const WAITING_REQUESTS_MAX = 20_000;

/**
 * Lets the pipelined requests of one connection be handled one after another, each when the answer before it has gone
 * out. Node announces pipelined requests as fast as it reads them; if all were handled at once, 64 KB of requests would
 * become two thousand answers that wait in memory for a client which may never read one.
 */
export class PipelineQueue {
  private readonly queues = new WeakMap<Duplex, (() => void)[]>();
  private waiting = 0;

  /**
   * Enters a request that can be handled at once, because this connection owes no answer; else gives false. The caller
   * calls `end` when the answer has gone out.
   */
  enterFree(socket: Duplex): boolean {
    const queue = this.queues.get(socket) ?? this.open(socket);
    if (queue.length > 0) return false;
    queue.push(HANDLED);
    this.waiting++;
    return true;
  }

  /** Calls `handle` after the answers before it, unless the connection closes first; false when too many wait. */
  wait(socket: Duplex, handle: () => void): boolean {
    const queue = this.queues.get(socket);
    if (queue === undefined || this.waiting >= WAITING_REQUESTS_MAX) return false;
    queue.push(handle);
    this.waiting++;
    return true;
  }

  /** The next request is handled in the next round of the event loop, so one connection cannot occupy the loop. */
  end(socket: Duplex): void {
    const queue = this.queues.get(socket);
    if (queue === undefined || queue.length === 0) return;
    queue.shift();
    this.waiting--;
    if (queue.length > 0) setImmediate(() => queue[0]?.());
  }

  private open(socket: Duplex): (() => void)[] {
    const queue: (() => void)[] = [];
    this.queues.set(socket, queue);
    socket.once('close', () => {
      this.waiting -= queue.length;
      queue.length = 0;
    });
    return queue;
  }
}

/** Fills the place of a request that did not have to wait. */
const HANDLED = () => undefined;

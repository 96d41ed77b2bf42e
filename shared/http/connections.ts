import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * A connection that was quiet for less than this when the stop came may have a request on its way: cutting it would
 * reset that request, so it is given the time to arrive and is answered with `connection: close`.
 */
const DRAIN_MS = 250;

interface Place {
  /** Answers that are owed or on their way, in the order of their requests. */
  readonly open: ServerResponse[];
  /** When it was accepted or last answered, on the monotonic clock. */
  quietSinceMs: number;
}

/**
 * The open connections, at most `connectionsMax`. When one more comes, the one that has kept us waiting for longest
 * makes room, be it for a request, for the rest of one, or for reading our answer: idle and slow clients can fill
 * every place, and must not keep others out. When every place waits for us, the newcomer is turned away.
 */
export class Connections {
  private readonly places = new Map<Duplex, Place>();
  /** Those whose client is to move next, longest first. */
  private readonly owing = new Set<Duplex>();
  private isDraining = false;

  constructor(private readonly connectionsMax: number) {}

  add(socket: Duplex): void {
    if (this.places.size >= this.connectionsMax) {
      const [longest] = this.owing;
      if (longest === undefined) {
        socket.destroy();
        return;
      }
      this.drop(longest);
      longest.destroy();
    }
    this.places.set(socket, { open: [], quietSinceMs: performance.now() });
    this.owing.add(socket);
    socket.once('close', () => this.drop(socket));
  }

  /** A request began. The connection is ours to serve from when the request is here whole until its answer is. */
  begin(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const review = () => this.review(socket);
    this.hold(socket, response);
    if (hasBody(request)) request.once('end', review);
    response.once('prefinish', review);
    review();
  }

  /** The same for one whose body comes without events: whoever takes it calls `review` when it is whole and answered. */
  hold(socket: Duplex, response: ServerResponse): void {
    this.places.get(socket)?.open.push(response);
    if (this.isDraining) response.shouldKeepAlive = false;
  }

  /** The answer has gone out, or the connection is gone. */
  end(socket: Duplex, response: ServerResponse): void {
    const place = this.places.get(socket);
    if (place === undefined) return;
    const at = place.open.indexOf(response);
    if (at === 0) place.open.shift();
    else if (at > 0) place.open.splice(at, 1);
    place.quietSinceMs = performance.now();
    this.review(socket);
  }

  /** Puts the connection at the end of those that owe, unless it is there already, or takes it out. */
  review(socket: Duplex): void {
    const place = this.places.get(socket);
    if (place === undefined) return;
    const head = place.open[0];
    if (head === undefined || isIncomplete(head.req) || isHandedOver(head)) this.owing.add(socket);
    else this.owing.delete(socket);
  }

  /** The answers that this connection still awaits, in order. */
  awaited(socket: Duplex): ServerResponse[] {
    return [...(this.places.get(socket)?.open ?? [])];
  }

  /** Lets every answer close its connection, and closes those that await none: the quiet ones at once. */
  drain(): void {
    this.isDraining = true;
    const now = performance.now();
    for (const [socket, { open, quietSinceMs }] of this.places) {
      for (const response of open) response.shouldKeepAlive = false;
      if (open.length === 0 && now - quietSinceMs >= DRAIN_MS) socket.destroy();
    }
    setTimeout(() => {
      for (const [socket, { open }] of this.places) if (open.length === 0) socket.destroy();
    }, DRAIN_MS).unref();
  }

  destroyAll(): void {
    for (const socket of this.places.keys()) socket.destroy();
  }

  private drop(socket: Duplex): void {
    this.places.delete(socket);
    this.owing.delete(socket);
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Node calls a request without a body complete a moment after it began, and tells nobody. */
function isIncomplete(request: IncomingMessage): boolean {
  return !request.complete && hasBody(request);
}

/** True when nothing but the client's reading keeps the answer here; `writableEnded` alone is true before its turn. */
function isHandedOver(response: ServerResponse): boolean {
  return response.writableEnded && response.socket !== null;
}

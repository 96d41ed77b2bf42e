import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * A connection that was idle for less than this when the server stops may have a request on its way. Closing it would
 * reset that request, so the request gets this time to arrive and is answered with `connection: close`.
 */
const DRAIN_MS = 250;

interface OpenConnection {
  /** Answers that are not yet out, in the order of their requests. */
  readonly open: ServerResponse[];
  /** The time of the accept or of the last answer, on the monotonic clock. */
  idleSinceMs: number;
}

/**
 * The open connections, at most `connectionsMax`. At the bound a new connection replaces the one whose client has kept
 * the server waiting longest: for a request, for the rest of one, or for reading an answer. So idle and slow clients
 * cannot keep others out. When every connection waits for the server, the new one is closed.
 */
export class Connections {
  private readonly connections = new Map<Duplex, OpenConnection>();
  /** Connections that wait for their client, the longest wait first. */
  private readonly waitingForClient = new Set<Duplex>();
  private isDraining = false;

  constructor(private readonly connectionsMax: number) {}

  add(socket: Duplex): void {
    if (this.connections.size >= this.connectionsMax) {
      const [longest] = this.waitingForClient;
      if (longest === undefined) {
        socket.destroy();
        return;
      }
      this.drop(longest);
      longest.destroy();
    }
    this.connections.set(socket, { open: [], idleSinceMs: performance.now() });
    this.waitingForClient.add(socket);
    socket.once('close', () => this.drop(socket));
  }

  /** Registers a request. The connection waits for the server from the request's last byte to the end of the answer. */
  begin(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const review = () => this.review(socket);
    this.beginWithoutEvents(socket, response);
    if (hasBody(request)) request.once('end', review);
    response.once('prefinish', review);
    review();
  }

  /** Registers a request whose body raises no events: its handler calls `review` when it is complete and answered. */
  beginWithoutEvents(socket: Duplex, response: ServerResponse): void {
    this.connections.get(socket)?.open.push(response);
    if (this.isDraining) response.shouldKeepAlive = false;
  }

  /** To be called when the answer has gone out or the connection is gone. */
  end(socket: Duplex, response: ServerResponse): void {
    const connection = this.connections.get(socket);
    if (connection === undefined) return;
    const at = connection.open.indexOf(response);
    if (at === 0) connection.open.shift();
    else if (at > 0) connection.open.splice(at, 1);
    connection.idleSinceMs = performance.now();
    this.review(socket);
  }

  /** Decides anew whether the connection waits for its client; one that did already keeps its place in the order. */
  review(socket: Duplex): void {
    const connection = this.connections.get(socket);
    if (connection === undefined) return;
    const head = connection.open[0];
    if (head === undefined || isIncomplete(head.req) || isHandedOver(head)) this.waitingForClient.add(socket);
    else this.waitingForClient.delete(socket);
  }

  /** The answers that are not yet out on this connection, in order. */
  awaited(socket: Duplex): ServerResponse[] {
    return [...(this.connections.get(socket)?.open ?? [])];
  }

  /** Lets every answer close its connection, and closes connections that await none: the idle ones at once. */
  drain(): void {
    this.isDraining = true;
    const now = performance.now();
    for (const [socket, { open, idleSinceMs }] of this.connections) {
      for (const response of open) response.shouldKeepAlive = false;
      if (open.length === 0 && now - idleSinceMs >= DRAIN_MS) socket.destroy();
    }
    setTimeout(() => {
      for (const [socket, { open }] of this.connections) if (open.length === 0) socket.destroy();
    }, DRAIN_MS).unref();
  }

  destroyAll(): void {
    for (const socket of this.connections.keys()) socket.destroy();
  }

  private drop(socket: Duplex): void {
    this.connections.delete(socket);
    this.waitingForClient.delete(socket);
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Node marks a request without a body complete a moment after it began, without an event. */
function isIncomplete(request: IncomingMessage): boolean {
  return !request.complete && hasBody(request);
}

/**
 * True when only the client's reading delays the answer. `writableEnded` alone is also true for an answer that waits
 * for an earlier one of its connection.
 */
function isHandedOver(response: ServerResponse): boolean {
  return response.writableEnded && response.socket !== null;
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * The open connections, at most `connectionsMax`. When one more comes, the one that has owed us a whole request for
 * longest makes room: idle and slow clients can fill every place, and must not keep others out. When every place is
 * waiting for an answer of ours, the newcomer is turned away.
 */
export class Connections {
  private readonly unanswered = new Map<Duplex, Set<ServerResponse>>();
  /** Those that owe us a request or the rest of one, longest first. */
  private readonly owing = new Set<Duplex>();

  constructor(private readonly connectionsMax: number) {}

  add(socket: Duplex): void {
    if (this.unanswered.size >= this.connectionsMax) {
      const [longest] = this.owing;
      if (longest === undefined) {
        socket.destroy();
        return;
      }
      this.drop(longest);
      longest.destroy();
    }
    this.unanswered.set(socket, new Set());
    this.owing.add(socket);
    socket.once('close', () => this.drop(socket));
  }

  /** A request began. Its connection counts as ours to serve once the request is here whole. */
  begin(request: IncomingMessage, response: ServerResponse): void {
    const socket = request.socket;
    const open = this.unanswered.get(socket);
    if (open === undefined) return;
    open.add(response);
    const hasBody =
      request.headers['transfer-encoding'] !== undefined ||
      Number(request.headers['content-length'] ?? 0) > 0;
    if (hasBody) request.once('end', () => this.owing.delete(socket));
    else this.owing.delete(socket);
    response.once('close', () => {
      open.delete(response);
      if (open.size === 0 && this.unanswered.has(socket)) {
        this.owing.delete(socket);
        this.owing.add(socket);
      }
    });
  }

  /** The answers that this connection still awaits, in order. */
  awaited(socket: Duplex): ServerResponse[] {
    return [...(this.unanswered.get(socket) ?? [])];
  }

  /** Closes the connections that await nothing; the others close with their answer. */
  closeGently(): void {
    for (const [socket, open] of this.unanswered) {
      if (open.size === 0) socket.destroy();
      for (const response of open) response.shouldKeepAlive = false;
    }
  }

  destroyAll(): void {
    for (const socket of this.unanswered.keys()) socket.destroy();
  }

  private drop(socket: Duplex): void {
    this.unanswered.delete(socket);
    this.owing.delete(socket);
  }
}

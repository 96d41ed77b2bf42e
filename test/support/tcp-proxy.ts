import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * A TCP proxy between a client and a real server that a test can cut, hang or take down, and that can change replies. It
 * counts its interventions, so that a fault test can prove its fault.
 */
export interface TcpProxy {
  readonly port: number;
  /** Connections accepted since the start. */
  readonly acceptedCount: number;
  /** Stops the flow of bytes in a direction; connections stay open and new ones are accepted. */
  hold(what: 'replies' | 'everything'): void;
  /** Ends `hold`: the bytes held for open connections pass, and all later ones. */
  release(): void;
  /** Resolves once bytes of this direction are held since `hold`. */
  heldBack(direction: Direction): Promise<void>;
  /** Resets every open connection and drops its held bytes; returns the number of connections. */
  cut(): number;
  /** Cuts, and refuses new connections until `up`. */
  down(): number;
  up(): void;
  close(): Promise<void>;
}

export type Direction = 'requests' | 'replies';

export interface TcpProxyTarget {
  readonly host: string;
  readonly port: number;
  /** Changes replies chunk by chunk; only for short replies, which arrive in one chunk. */
  readonly rewriteReply?: (chunk: Buffer) => Buffer;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  readonly held: Record<Direction, Buffer[]>;
}

export async function openTcpProxy(target: TcpProxyTarget): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  const holding: Record<Direction, boolean> = { requests: false, replies: false };
  const heldChunks: Record<Direction, number> = { requests: 0, replies: 0 };
  let watchers: (() => void)[] = [];
  let refusing = false;
  let acceptedCount = 0;

  const pass = (pair: Pair, direction: Direction, chunk: Buffer) => {
    if (holding[direction]) {
      pair.held[direction].push(chunk);
      heldChunks[direction] += 1;
      for (const look of watchers) look();
      return;
    }
    const to = direction === 'requests' ? pair.server : pair.client;
    if (to.writable) to.write(chunk);
  };

  const listener = createServer((client) => {
    if (refusing) {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    acceptedCount += 1;
    const pair: Pair = {
      client,
      server: connect(target.port, target.host),
      held: { requests: [], replies: [] },
    };
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      pair.client.destroy();
      pair.server.destroy();
    };
    for (const socket of [pair.client, pair.server]) {
      socket.setNoDelay(true);
      // Either end may break at any time; its close event closes the other end.
      socket.on('error', () => undefined);
      socket.on('close', end);
    }
    pair.client.on('data', (chunk) => pass(pair, 'requests', chunk));
    pair.server.on('data', (chunk) => pass(pair, 'replies', target.rewriteReply?.(chunk) ?? chunk));
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');

  const cut = () => {
    const cutCount = pairs.size;
    for (const pair of [...pairs]) {
      pair.client.resetAndDestroy();
      pair.server.destroy();
      pairs.delete(pair);
    }
    return cutCount;
  };

  return {
    port: (listener.address() as AddressInfo).port,
    get acceptedCount() {
      return acceptedCount;
    },
    hold(what) {
      holding.replies = true;
      holding.requests = what === 'everything';
      heldChunks.replies = 0;
      heldChunks.requests = 0;
    },
    release() {
      holding.replies = false;
      holding.requests = false;
      for (const pair of pairs) {
        for (const direction of ['requests', 'replies'] as const) {
          for (const chunk of pair.held[direction].splice(0)) pass(pair, direction, chunk);
        }
      }
    },
    heldBack(direction) {
      return new Promise((resolve) => {
        const look = () => {
          if (heldChunks[direction] === 0) return;
          watchers = watchers.filter((watcher) => watcher !== look);
          resolve();
        };
        watchers.push(look);
        look();
      });
    },
    cut,
    down() {
      refusing = true;
      return cut();
    },
    up() {
      refusing = false;
    },
    async close() {
      refusing = true;
      listener.close();
      cut();
      await once(listener, 'close');
    },
  };
}

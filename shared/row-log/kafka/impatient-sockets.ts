import { connect as connectTcp, isIP, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory, ISocketFactoryArgs } from 'kafkajs';

/** How long a client bears with a broker that is there and says nothing. */
export interface Patience {
  /** Until the connection stands, its TLS handshake included. */
  readonly connectMsMax: number;
  /** Until the first byte after a request. */
  readonly answerMsMax: number;
  /** How long the address of a broker that hung is refused afterwards. */
  readonly restMs: number;
}

/** A fetch without rows is answered after 0.25 s, an append that its replicas do not take after 5 s. */
const PATIENCE: Patience = { connectMsMax: 3_000, answerMsMax: 6_000, restMs: 2_000 };

const KEEP_ALIVE_MS = 60_000;

/**
 * Sockets that end with an error when a broker hangs. kafkajs gives up a request without an answer and keeps its
 * connection, and it prefers brokers that it is connected to: a client whose only connection hangs asks the same broker
 * again and again. It moves on to another broker when a connection breaks, so here one that hangs does.
 *
 * The system of a broker that hangs goes on accepting connections, so its address is refused for a while as well. The
 * memory of that is the client's own: each client makes its own sockets by a call of this function.
 */
export function impatientSockets(patience: Patience = PATIENCE): ISocketFactory {
  const refusedUntilMs = new Map<string, number>();
  return (asked) => {
    const address = `${asked.host}:${asked.port}`;
    if (performance.now() < (refusedUntilMs.get(address) ?? 0)) return refused(address);
    return impatient(asked, patience, () => {
      refusedUntilMs.set(address, performance.now() + patience.restMs);
    });
  };
}

function impatient(asked: ISocketFactoryArgs, patience: Patience, onHang: () => void): Socket {
  const { host, port, ssl, onConnect } = asked;
  let timer: NodeJS.Timeout | undefined;
  const stopWaiting = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const giveUp = (why: string): void => {
    onHang();
    // kafkajs tells whoever waits for an answer to a login only of an end, never of an error.
    socket.once('error', () => socket.emit('end'));
    socket.destroy(timedOut(why));
  };
  const wait = (msMax: number, why: string): void => {
    const started = setTimeout(() => {
      // A process that was stopped or busy finds its timers due before it looks at what has long arrived.
      setImmediate(() => {
        if (timer === started && !socket.destroyed) giveUp(why);
      });
    }, msMax);
    timer = started.unref();
  };
  const connected = (): void => {
    stopWaiting();
    onConnect();
  };
  const named = isIP(host) === 0 ? { servername: host } : {};
  const socket = ssl
    ? connectTls({ host, port, ...named, ...ssl }, connected)
    : connectTcp({ host, port }, connected);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  wait(patience.connectMsMax, `no connection within ${patience.connectMsMax} ms`);

  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  socket.write = ((...args: unknown[]): boolean => {
    if (timer === undefined) wait(patience.answerMsMax, `no answer within ${patience.answerMsMax} ms`);
    return write(...args);
  }) as Socket['write'];
  socket.on('data', stopWaiting);
  socket.on('close', stopWaiting);
  return socket;
}

function refused(address: string): Socket {
  const socket = new Socket();
  setImmediate(() => socket.destroy(timedOut(`${address} hung a moment ago and is left alone`)));
  return socket;
}

function timedOut(message: string): Error {
  return Object.assign(new Error(message), { code: 'ETIMEDOUT' });
}

import { connect as connectTcp, isIP, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory, ISocketFactoryArgs } from 'kafkajs';

/** How long a client waits for a broker that accepts connections and says nothing. */
export interface SocketTimeouts {
  /** Until the connection stands, its TLS handshake included. */
  readonly connectMsMax: number;
  /** Until the first byte after a request. */
  readonly answerMsMax: number;
  /** For how long the address of a broker that hung is refused. */
  readonly restMs: number;
}

/** A fetch without rows is answered after 0.25 s, an append that its replicas do not take after 5 s. */
const TIMEOUTS: SocketTimeouts = { connectMsMax: 3_000, answerMsMax: 6_000, restMs: 2_000 };

const KEEP_ALIVE_MS = 60_000;

/**
 * Makes sockets that break when a broker hangs. kafkajs gives up an unanswered request but keeps its connection, and it
 * prefers connected brokers: a client whose only connection hangs would ask the same broker again and again. It moves to
 * another broker when a connection breaks.
 *
 * The system of a broker that hangs goes on accepting connections, so its address is refused for a while as well. Each
 * call of this function has its own memory of refused addresses, and each client makes one call.
 */
export function socketsWithTimeouts(timeouts: SocketTimeouts = TIMEOUTS): ISocketFactory {
  const refusedUntilMs = new Map<string, number>();
  return (asked) => {
    const address = `${asked.host}:${asked.port}`;
    if (performance.now() < (refusedUntilMs.get(address) ?? 0)) return refused(address);
    return socketWithTimeouts(asked, timeouts, () => {
      refusedUntilMs.set(address, performance.now() + timeouts.restMs);
    });
  };
}

function socketWithTimeouts(asked: ISocketFactoryArgs, timeouts: SocketTimeouts, onHang: () => void): Socket {
  const { host, port, ssl, onConnect } = asked;
  let timer: NodeJS.Timeout | undefined;
  const stopWaiting = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const giveUp = (why: string): void => {
    onHang();
    // A login of kafkajs hears only of an end, never of an error.
    socket.once('error', () => socket.emit('end'));
    socket.destroy(timedOut(why));
  };
  const wait = (msMax: number, why: string): void => {
    const started = setTimeout(() => {
      // In a process that was stopped or busy, timers run before the bytes that arrived long ago.
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
  wait(timeouts.connectMsMax, `no connection within ${timeouts.connectMsMax} ms`);

  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  socket.write = ((...args: unknown[]): boolean => {
    if (timer === undefined) wait(timeouts.answerMsMax, `no answer within ${timeouts.answerMsMax} ms`);
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

import { connect, type Socket } from 'node:net';
import { quantile } from '../harness/spread';

/** A closed-loop load: every connection sends its next request after the answer to the previous one. */
export interface LoadOrder {
  readonly port: number;
  /** The whole request with header and body, latin1. */
  readonly request: string;
  readonly connections: number;
  readonly forMs: number;
}

export interface LoadResult {
  readonly answers: number;
  readonly elapsedMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU share of the load generator, from 0 to 1; near 1 the generator is the bottleneck. */
  readonly ownShare: number;
}

const HEAD_END = '\r\n\r\n';
const ANSWER_MS_MAX = 30_000;

/** Sends prepared bytes and counts answers with status 200 by their length; every other answer is an error. */
class LoadConnection {
  readonly latenciesMs: number[] = [];
  failure: Error | null = null;
  private readonly request: Buffer;
  private readonly port: number;
  private socket: Socket;
  private sentAtMs = 0;
  private received = 0;
  private expected = 0;
  /** The server announced to close the connection after this answer; the next request needs a new connection. */
  private closes = false;
  private isOver = false;
  private over: () => void = () => undefined;

  constructor({ port, request }: LoadOrder) {
    this.port = port;
    this.request = Buffer.from(request, 'latin1');
    this.socket = this.open();
  }

  send(): void {
    this.sentAtMs = performance.now();
    this.received = 0;
    if (this.closes) {
      this.socket.destroy();
      this.socket = this.open();
    }
    this.socket.write(this.request);
  }

  /** Sends no further request and resolves after the answer to the open one. */
  stop(): Promise<void> {
    this.isOver = true;
    return new Promise<void>((resolve) => {
      const timer = setTimeout(() => this.fail(new Error('an answer did not come')), ANSWER_MS_MAX);
      this.over = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.failure !== null) this.over();
    }).then(() => {
      this.closes = true;
      this.socket.destroy();
    });
  }

  private open(): Socket {
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    socket.on('data', (bytes) => this.take(bytes));
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => {
      if (socket === this.socket && !this.closes) this.fail(new Error('a server closed a connection'));
    });
    return socket;
  }

  private take(bytes: Buffer): void {
    if (this.received === 0) {
      if (bytes.toString('latin1', 9, 12) !== '200') {
        this.fail(new Error(`an answer begins with ${bytes.toString('latin1', 0, 200)}`));
        return;
      }
      const headEnd = bytes.indexOf(HEAD_END);
      const length = /content-length: (\d+)/i.exec(bytes.toString('latin1', 0, headEnd))?.[1];
      if (headEnd < 0 || length === undefined) {
        this.fail(new Error('an answer has no whole header in its first packet, or no length'));
        return;
      }
      this.expected = headEnd + HEAD_END.length + Number(length);
      this.closes = /\r\nconnection: close/i.test(bytes.toString('latin1', 0, headEnd));
    }
    this.received += bytes.length;
    if (this.received < this.expected) return;
    if (this.received > this.expected) this.fail(new Error('an answer is longer than it says'));
    this.latenciesMs.push(performance.now() - this.sentAtMs);
    if (this.isOver) this.over();
    else this.send();
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.over();
  }
}

async function load(order: LoadOrder): Promise<LoadResult> {
  const connections = Array.from({ length: order.connections }, () => new LoadConnection(order));
  const cpu = process.cpuUsage();
  const begunMs = performance.now();
  for (const connection of connections) connection.send();
  await new Promise((resolve) => setTimeout(resolve, order.forMs));
  await Promise.all(connections.map((connection) => connection.stop()));
  const elapsedMs = performance.now() - begunMs;
  const { user, system } = process.cpuUsage(cpu);
  for (const { failure } of connections) if (failure !== null) throw failure;
  const latenciesMs = connections.flatMap((connection) => connection.latenciesMs);
  return {
    answers: latenciesMs.length,
    elapsedMs,
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
    ownShare: (user + system) / 1_000 / elapsedMs,
  };
}

process.on('message', (order: LoadOrder) => {
  load(order).then(
    (result) => process.send!({ result }),
    (error: Error) => process.send!({ error: error.message }),
  );
});

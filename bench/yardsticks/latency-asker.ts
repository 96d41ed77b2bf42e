import { connect, type Socket } from 'node:net';

/** Milliseconds of the machine's monotonic clock, which all processes share. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** A row that the log has acknowledged. */
export interface AckedRow {
  readonly offset: number;
  /** On the machine's monotonic clock. */
  readonly ackedAtMs: number;
}

const BODY = '{"data":[5.9,3,4.2,1.3]}';
const REQUEST = [
  'POST /serve_decision_tree HTTP/1.1',
  'Host: 127.0.0.1',
  'Content-Type: application/json',
  `Content-Length: ${BODY.length}`,
  '',
  BODY,
].join('\r\n');

const HEAD_END = '\r\n\r\n';

/**
 * Requests predictions back to back on one connection and records when an answer first names each version. The time of
 * an answer is that of its last byte.
 */
export class Asker {
  /** The time of the first answer of each version, in order. */
  readonly firstSeenMs = new Map<number, number>();
  answers = 0;
  private readonly socket: Socket;
  private text = '';
  private failure: Error | null = null;
  private isClosed = false;

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.setEncoding('latin1');
    this.socket.on('data', (text: string) => this.take(text));
    this.socket.once('error', (error) => this.fail(error));
    this.socket.once('close', () => this.fail(new Error('the server closed the connection')));
    this.socket.write(REQUEST);
  }

  /** The newest version that an answer named; 0 before the first. Throws the error of a failed request. */
  newest(): number {
    if (this.failure !== null) throw this.failure;
    return [...this.firstSeenMs.keys()].at(-1) ?? 0;
  }

  close(): void {
    this.isClosed = true;
    this.socket.destroy();
  }

  private take(text: string): void {
    this.text += text;
    const headEnd = this.text.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = this.text.slice(0, headEnd);
    const length = Number(/^content-length: (\d+)/im.exec(head)?.[1]);
    if (this.text.length < headEnd + HEAD_END.length + length) return;
    this.text = '';
    this.answers++;
    // Before the first version the answer is a 503 without a version.
    const version = /^alder-version: (\d+)/im.exec(head)?.[1];
    if (version !== undefined && !this.firstSeenMs.has(Number(version))) {
      this.firstSeenMs.set(Number(version), monotonicMs());
    }
    if (!this.isClosed) this.socket.write(REQUEST);
  }

  private fail(error: Error): void {
    if (!this.isClosed) this.failure ??= error;
  }
}

import { connect, type Socket } from 'node:net';

/** An HTTP answer in its raw form. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A client that sends exactly the bytes that a test writes. */
export class RawClient {
  /** True once the server has closed its side. */
  isClosed = false;
  private readonly socket: Socket;
  private received = '';
  private wakers: (() => void)[] = [];

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.socket.setEncoding('latin1');
    this.socket.on('data', (text: string) => {
      this.received += text;
      this.wake();
    });
    const close = () => {
      this.isClosed = true;
      this.wake();
    };
    this.socket.on('end', close).on('close', close);
    this.socket.on('error', () => undefined);
  }

  /** Resolves to true when the bytes are handed over, to false when the connection is gone. */
  write(bytes: string | Uint8Array): Promise<boolean> {
    return new Promise((resolve) => {
      this.socket.write(bytes, (error) => resolve(error === undefined || error === null));
    });
  }

  /** The next whole answer other than 100 Continue; null when the connection closes without one. */
  async answer(): Promise<RawAnswer | null> {
    for (;;) {
      const parsed = parseAnswer(this.received);
      if (parsed !== null) {
        this.received = this.received.slice(parsed.length);
        if (parsed.answer.status !== 100) return parsed.answer;
        continue;
      }
      if (this.isClosed) return null;
      await this.news();
    }
  }

  /** Waits for 100 Continue and consumes it. */
  async continued(): Promise<void> {
    for (;;) {
      const parsed = parseAnswer(this.received);
      if (parsed !== null) {
        if (parsed.answer.status !== 100) throw new Error(`an answer of ${parsed.answer.status} came first`);
        this.received = this.received.slice(parsed.length);
        return;
      }
      if (this.isClosed) throw new Error('the connection closed first');
      await this.news();
    }
  }

  /** All bytes from here to the end of the connection, latin1. */
  async rest(): Promise<string> {
    await this.closed();
    return this.received;
  }

  async closed(): Promise<void> {
    while (!this.isClosed) await this.news();
  }

  destroy(): void {
    this.socket.destroy();
  }

  private news(): Promise<void> {
    return new Promise((wake) => this.wakers.push(wake));
  }

  private wake(): void {
    for (const wake of this.wakers.splice(0)) wake();
  }
}

function parseAnswer(text: string): { answer: RawAnswer; length: number } | null {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const [statusLine, ...lines] = text.slice(0, headEnd).split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines)
    headers[line.slice(0, line.indexOf(':')).toLowerCase()] = line.slice(line.indexOf(':') + 1).trim();
  const bodyStart = headEnd + 4;
  const length = bodyStart + Number(headers['content-length'] ?? 0);
  if (text.length < length) return null;
  const body = Buffer.from(text.slice(bodyStart, length), 'latin1').toString('utf8');
  return { answer: { status: Number(statusLine!.split(' ')[1]), headers, body }, length };
}

/** Sends bytes on a new connection; returns the first answer and whether the server then closes. */
export async function exchange(port: number, bytes: string | Uint8Array): Promise<RawAnswer | null> {
  const client = new RawClient(port);
  try {
    await client.write(bytes);
    return await client.answer();
  } finally {
    client.destroy();
  }
}

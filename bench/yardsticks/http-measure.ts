import type { LoadOrder, LoadResult } from './http-load';
import { LoadProcess, type ServerProcess } from './http-processes';

export const CONNECTIONS = 32;
export const ROWS_PER_BODY = 1_000;
const WARM_UP_ROWS = 20_000;

export interface Measured extends LoadResult {
  readonly perSecond: number;
  /** CPU time of the server for each answer. */
  readonly cpuMicros: number;
}

/** Loads servers for `forMs` at a time, after warming each up once. */
export class HttpLoad {
  private readonly generator = new LoadProcess();
  private readonly warm = new Set<string>();

  constructor(private readonly forMs: number) {}

  async measure(server: ServerProcess, body: string): Promise<Measured> {
    const { port } = server;
    const order = { port, request: requestOf(body), connections: CONNECTIONS, forMs: this.forMs };
    await this.warmUp(`${port} ${body}`, order);
    const before = server.cpuMs();
    const result = await this.generator.load(order);
    return {
      ...result,
      perSecond: (result.answers / result.elapsedMs) * 1_000,
      cpuMicros: ((server.cpuMs() - before) * 1_000) / result.answers,
    };
  }

  /** Runs load until the server has answered often enough to be compiled by V8, at most ten times. */
  private async warmUp(key: string, order: LoadOrder): Promise<void> {
    if (this.warm.has(key)) return;
    this.warm.add(key);
    let rows = 0;
    const rowsPerBody = order.request.length > 10_000 ? ROWS_PER_BODY : 1;
    for (let i = 0; i < 10 && rows < WARM_UP_ROWS; i++) {
      const { answers } = await this.generator.load({ ...order, forMs: 1_000 });
      rows += answers * rowsPerBody;
    }
  }

  end(): void {
    this.generator.end();
  }
}

function requestOf(body: string): string {
  return [
    'POST /serve_decision_tree HTTP/1.1',
    'Host: 127.0.0.1',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}

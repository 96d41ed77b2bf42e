import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerRequest } from './server-request';

export interface HttpServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** How the port is spelled where it is set, `PORT`: named when the port is taken. */
  readonly portVariable: string;
  readonly connectionsMax: number;
  /** Answers every request whose header is sound; `url` begins with `/` or is `*`. One at a time of a connection. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /**
   * Asked first about each request that does not have to wait for its turn: gives a short answer when the request can be
   * answered from its body alone, and takes that body. `onChange` is to be called when the request is here whole and
   * when its answer was handed over, since nobody listens to a stream then.
   */
  readonly shortWay?: (
    request: ServerRequest,
    response: ServerResponse,
    onChange: (request: ServerRequest) => void,
  ) => ShortAnswer | null;
  /** Counts the requests that were refused before `handle` saw them. */
  readonly refused?: (status: number) => void;
  /** Given by tests only, which cannot wait for the real ones. */
  readonly timeouts?: Timeouts;
}

export interface ShortAnswer {
  /** The answer has gone out, or the connection is gone. */
  closed(): void;
}

export interface Timeouts {
  readonly headersMs: number;
  readonly requestMs: number;
  /** Node looks for expired connections this often. */
  readonly checkMs: number;
}

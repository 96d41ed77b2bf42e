import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Connections } from './connections';
import { framingFault, pathOfTarget } from './framing';
import { connectionsWithinFileLimit, listenError } from './listen';
import { PipelineQueue } from './pipeline-queue';
import { problem } from './problem';
import { faultOfClientError, refuseSocket } from './refuse-socket';
import { sendAnswer } from './send-answer';
import { ServerRequest } from './server-request';

export interface HttpServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** The name of the port's setting, such as `PORT`: the message about a taken port names it. */
  readonly portVariable: string;
  readonly connectionsMax: number;
  /** Answers every request whose header is valid; `url` begins with `/` or is `*`. One at a time per connection. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /**
   * Asked first about each request that does not have to wait in the pipeline. It takes the body of a request that it
   * answers, and gives null for one that it leaves to `handle`. It calls `onChange` when the request is complete and
   * when its answer was handed over, because it listens to no stream events.
   */
  readonly fastPath?: (
    request: ServerRequest,
    response: ServerResponse,
    onChange: (request: ServerRequest) => void,
  ) => FastAnswer | null;
  /** Counts the requests that were refused before `handle` saw them. */
  readonly refused?: (status: number) => void;
  /** Given by tests only, which cannot wait for the real ones. */
  readonly timeouts?: Timeouts;
}

export interface FastAnswer {
  /** Called when the answer has gone out, or the connection is gone. */
  closed(): void;
}

export interface Timeouts {
  readonly headersMs: number;
  readonly requestMs: number;
  /** Node looks for expired connections this often. */
  readonly checkMs: number;
}

export interface HttpServer {
  readonly url: string;
  readonly port: number;
  /** Takes no more connections, lets open requests finish for at most `STOP_MS_MAX`, then closes all connections. */
  stop(): Promise<void>;
}

export const STOP_MS_MAX = 10_000;
const HEADER_BYTES_MAX = 16_384;
/**
 * Connections that the system may queue before the server accepts them; the system's own bound is often 4,096. Node's
 * default of 511 is full within milliseconds of a rush, and a client that finds it full retries only after a second.
 */
const BACKLOG = 4_096;
/** Node by default checks every 30 s, which would let a stalled header live three times as long as allowed. */
const TIMEOUTS: Timeouts = { headersMs: 10_000, requestMs: 30_000, checkMs: 1_000 };
/** Above the 60 s that proxies commonly keep a connection, so that the proxy closes first and loses no request. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** A client that neither sends nor reads for this long is closed; above the longest wait of a route, 30 s. */
const SILENT_SOCKET_MS = 60_000;

/**
 * A node:http server that trusts no client. Headers, times and connections are bounded, ambiguous framing is refused,
 * and a request that the parser refuses gets a problem document too. Throws `port-taken`, `setting-invalid`.
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const connections = new Connections(Math.min(options.connectionsMax, connectionsWithinFileLimit()));
  const pipeline = new PipelineQueue();
  const refusedSockets = new WeakSet<Duplex>();
  const refused = options.refused ?? (() => undefined);
  const timeouts = options.timeouts ?? TIMEOUTS;
  const server = createServer({
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: timeouts.headersMs,
    requestTimeout: timeouts.requestMs,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    connectionsCheckingInterval: timeouts.checkMs,
    // framing.ts checks the host and answers with a problem document; Node's own answer has no body.
    requireHostHeader: false,
    IncomingMessage: ServerRequest,
  });
  // Node silently drops fields past its limit, and a second Host can be among them; framing.ts counts all fields.
  server.maxHeadersCount = 0;
  server.timeout = SILENT_SOCKET_MS;

  const { handle, fastPath = () => null } = options;
  const onChange = ({ socket }: ServerRequest) => connections.review(socket);
  const ended = (socket: Duplex, response: ServerResponse) => {
    connections.end(socket, response);
    pipeline.end(socket);
  };

  const receive = (
    request: ServerRequest,
    response: ServerResponse,
    expects = false,
    expectsOther = false,
  ) => {
    const { socket } = request;
    // After ambiguous framing the next request of the connection may be a smuggled one, so it is not handled.
    if (refusedSockets.has(socket)) return;
    const fault = expectsOther ? 'bad-request' : headerFault(request);
    if (fault === null && pipeline.enterFree(socket)) {
      const fast = expects ? null : fastPath(request, response, onChange);
      if (fast !== null) connections.beginWithoutEvents(socket, response);
      else connections.begin(request, response);
      // One listener for everything that ends with an answer: each more costs a small request measurable time.
      response.on('close', () => {
        ended(socket, response);
        fast?.closed();
      });
      if (fast === null) handle(request, response);
      return;
    }
    connections.begin(request, response);
    if (fault === null && pipeline.wait(socket, () => handle(request, response))) {
      response.on('close', () => ended(socket, response));
      return;
    }
    response.on('close', () => connections.end(socket, response));
    refusedSockets.add(socket);
    const answer = problem(fault ?? 'too-many-waiters', { headers: { connection: 'close' } });
    refused(answer.status);
    sendAnswer(request, response, answer);
  };
  server.on('request', (request: ServerRequest, response) => receive(request, response));
  // The body reader sends 100 Continue once it wants the body; otherwise the final answer takes its place.
  server.on('checkContinue', (request: ServerRequest, response) => receive(request, response, true));
  server.on('checkExpectation', (request: ServerRequest, response) => receive(request, response, true, true));
  server.on('connect', (_request, socket) => refuseSocket(socket, 'bad-request', connections, refused));
  server.on('connection', (socket) => connections.add(socket));
  server.on('clientError', (error, socket) => {
    const fault = faultOfClientError(error);
    if (fault === null) socket.destroy();
    else if (!refusedSockets.has(socket)) {
      refusedSockets.add(socket);
      refuseSocket(socket, fault, connections, refused);
    }
  });

  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  let stopped: Promise<void> | undefined;
  return {
    url: urlOf(options.host, port),
    port,
    stop: () => {
      stopped ??= stop(server, connections);
      return stopped;
    },
  };
}

/** The fault of the header, or null; a target that is a whole address becomes its path. */
function headerFault(request: IncomingMessage): 'bad-request' | 'header-fields' | null {
  const path = pathOfTarget(request.url ?? '');
  if (path === null) return 'bad-request';
  request.url = path;
  return framingFault(request);
}

function listen(server: Server, { host, port, portVariable }: HttpServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => reject(listenError(error, host, port, portVariable));
    server.once('error', onError);
    server.listen({ host, port, backlog: BACKLOG }, () => {
      server.off('error', onError);
      // From here on an error is a connection that could not be accepted; the server goes on without it.
      server.on('error', () => undefined);
      resolve();
    });
  });
}

function stop(server: Server, connections: Connections): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => connections.destroyAll(), STOP_MS_MAX);
    // Node would close every idle connection at once, and lose a request that is on its way.
    server.closeIdleConnections = () => undefined;
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    connections.drain();
  });
}

/** The address for clients on this machine: one that means "all addresses" cannot be connected to. */
function urlOf(host: string, port: number): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

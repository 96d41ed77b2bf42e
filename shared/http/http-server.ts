import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Connections } from './connections';
import { framingFault } from './framing';
import type { HttpServerOptions, Timeouts } from './http-server-options';
import { listenError } from './listen-error';
import { connectionsWithinFileLimit } from './open-files';
import { problem } from './problem';
import { faultOfClientError, refuseSocket } from './refuse-socket';
import { pathOfTarget } from './request-target';
import { sendAnswer } from './send-answer';
import { ServerRequest } from './server-request';
import { Turns } from './turns';

export type { HttpServerOptions } from './http-server-options';

export interface HttpServer {
  readonly url: string;
  readonly port: number;
  /** Takes no more connections, lets what is in flight finish for at most `STOP_MS_MAX`, then closes everything. */
  stop(): Promise<void>;
}

export const STOP_MS_MAX = 10_000;
const HEADER_BYTES_MAX = 16_384;
/**
 * Connections that the system may queue until we take them; it has a bound of its own, often 4,096. Node's default of
 * 511 is full within milliseconds of a rush, and whoever comes then waits a second for the next try.
 */
const BACKLOG = 4_096;
/** Node's own check comes every 30 s, which would let a stalled header live three times as long as it may. */
const TIMEOUTS: Timeouts = { headersMs: 10_000, requestMs: 30_000, checkMs: 1_000 };
/** Above the 60 s that proxies commonly keep a connection, so that the proxy closes first and loses no request. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** A client that neither sends nor reads loses its place; above the longest wait that a route grants, 30 s. */
const SILENT_SOCKET_MS = 60_000;

/**
 * A node:http server that trusts no client: bounded headers, times and connections, ambiguous framing refused, and a
 * problem document also for what the parser refuses. Throws `port-taken`.
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const connections = new Connections(Math.min(options.connectionsMax, connectionsWithinFileLimit()));
  const turns = new Turns();
  const refusedSockets = new WeakSet<Duplex>();
  const refused = options.refused ?? (() => undefined);
  const timeouts = options.timeouts ?? TIMEOUTS;
  const server = createServer({
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: timeouts.headersMs,
    requestTimeout: timeouts.requestMs,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    connectionsCheckingInterval: timeouts.checkMs,
    // Checked in framing.ts, which answers with a problem document; Node's own answer has no body.
    requireHostHeader: false,
    IncomingMessage: ServerRequest,
  });
  // Node silently drops the fields past its limit, a second Host among them; framing.ts counts them all instead.
  server.maxHeadersCount = 0;
  server.timeout = SILENT_SOCKET_MS;

  const { handle, shortWay = () => null } = options;
  const onChange = ({ socket }: ServerRequest) => connections.review(socket);
  const ended = (socket: Duplex, response: ServerResponse) => {
    connections.end(socket, response);
    turns.end(socket);
  };

  const receive = (
    request: ServerRequest,
    response: ServerResponse,
    expects = false,
    expectsOther = false,
  ) => {
    const { socket } = request;
    // What follows on a connection with ambiguous framing may be somebody's smuggled request: it is not run.
    if (refusedSockets.has(socket)) return;
    const fault = expectsOther ? 'bad-request' : headerFault(request);
    if (fault === null && turns.takeFree(socket)) {
      const short = expects ? null : shortWay(request, response, onChange);
      if (short !== null) connections.hold(socket, response);
      else connections.begin(request, response);
      // One listener for all that ends with an answer, since a small request feels each of them.
      response.on('close', () => {
        ended(socket, response);
        short?.closed();
      });
      if (short === null) handle(request, response);
      return;
    }
    connections.begin(request, response);
    if (fault === null && turns.wait(socket, () => handle(request, response))) {
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
  // The body reader says 100 Continue once it wants the body, or the final answer in its place.
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

/** What is wrong with the header, or null; a target that is a whole address becomes its path. */
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
      // From here on it can only be a connection that could not be accepted: the newcomer's loss, not the server's end.
      server.on('error', () => undefined);
      resolve();
    });
  });
}

function stop(server: Server, connections: Connections): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => connections.destroyAll(), STOP_MS_MAX);
    // Node would cut every idle connection at once, and with it a request that is on its way.
    server.closeIdleConnections = () => undefined;
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    connections.drain();
  });
}

/** Where a client on this machine reaches it: an address that means "all of them" is not one to connect to. */
function urlOf(host: string, port: number): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

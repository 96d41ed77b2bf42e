import { Redis } from 'ioredis';
import { AlderError } from '../../errors';
import type { RedisAddress } from './address';

/** A reply that takes longer leaves the outcome unknown; also how long a call waits for a connection. */
export const COMMAND_TIMEOUT_MS = 1_000;
/** A connection with a waiting command that gets no byte for this long is replaced. */
const SOCKET_TIMEOUT_MS = 2_000;

/**
 * Makes a client that sends a command at once or never. By default the library queues commands while the server is away
 * and resends unanswered ones, so a trainer that lost its lease would publish when the server returns. The client
 * reconnects for ever, with at most a second between tries.
 */
export function makeClient(address: RedisAddress, onFault: (error: Error) => void): Redis {
  const client = new Redis({
    host: address.host,
    port: address.port,
    db: address.database,
    ...(address.username === undefined ? {} : { username: address.username }),
    ...(address.password === undefined ? {} : { password: address.password }),
    ...(address.tls ? { tls: {} } : {}),
    connectionName: 'alder',
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    connectTimeout: 1_000,
    // A hung server delays close() by this time at most.
    disconnectTimeout: 200,
    maxLoadingRetryTime: 1_000,
    retryStrategy: (tries) => Math.min(50 * tries, 1_000),
    // After a failover the old primary answers READONLY; a new connection finds the new primary by its name.
    reconnectOnError: (error) => error.message.includes('READONLY'),
  });
  client.on('error', onFault);
  return client;
}

/** Ends the client for good and resolves once its socket is closed. */
export async function endClient(client: Redis): Promise<void> {
  if (client.status === 'end') return;
  const waitsForRetry = client.status === 'reconnecting' || client.status === 'close';
  const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
  client.disconnect();
  if (!waitsForRetry) await ended;
}

/**
 * The error `registry-unavailable` for a failed call. Its cause is a fresh error: the library attaches the arguments of
 * the command to its own errors, and arguments hold whole trees and passwords.
 */
export function unavailable(doing: string, error: unknown): AlderError {
  const cause = plainFault(error);
  return new AlderError('registry-unavailable', `registry: ${doing}: ${cause.message}`, {
    cause,
  });
}

/** A copy of an error with its name and message alone. */
export function plainFault(error: unknown): Error {
  const fault = new Error(error instanceof Error ? error.message || error.name : String(error));
  if (error instanceof Error) fault.name = error.name;
  return fault;
}

/** The server's own message when it answered with an error; null when no answer came. */
export function refusalOf(error: unknown): string | null {
  const fault = error instanceof AlderError ? error.cause : error;
  return fault instanceof Error && fault.name === 'ReplyError' ? fault.message : null;
}

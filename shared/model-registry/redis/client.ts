import { Redis } from 'ioredis';
import type { RedisAddress } from './address';

/** A reply that takes longer leaves the outcome unknown; also how long a call waits for a connection. */
export const COMMAND_TIMEOUT_MS = 1_000;
/** With a command waiting and no byte arriving for this long, the connection is dropped and made anew. */
export const SOCKET_TIMEOUT_MS = 2_000;

/**
 * A client that never keeps a command for later. The library's defaults queue commands while the server is away and
 * send unanswered ones again, so a trainer that lost its lease would publish once the server is back.
 * It reconnects for ever, with at most a second between tries.
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
    // How long a hung server may hold up close().
    disconnectTimeout: 200,
    maxLoadingRetryTime: 1_000,
    retryStrategy: (tries) => Math.min(50 * tries, 1_000),
    // After a failover the old primary answers READONLY: a new connection finds the new one by its name.
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

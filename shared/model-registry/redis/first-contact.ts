import { setTimeout as delay } from 'node:timers/promises';
import { AlderError, isAlderError } from '../../errors';
import type { LogCode } from '../../runtime/log-codes';
import type { RedisConnection } from './connection';
import { refusalOf } from './faults';

const RETRY_PAUSE_MS = 200;

export type Notify = (code: LogCode, message: string) => void;

/**
 * Refuses a server that would drop versions when its memory is full. Throws `registry-evicts`, or tells of it when
 * eviction is allowed. A server that hides its configuration (managed ones do) only gets a notice.
 */
export async function checkEviction(
  connection: RedisConnection,
  allowed: boolean,
  notify: Notify,
): Promise<void> {
  const { shown } = connection.address;
  const policy = await evictionPolicy(connection);
  if (policy === 'noeviction') return;
  if (policy === null) {
    notify('eviction-unknown', `registry: ${shown} hides its maxmemory-policy; it should be noeviction`);
  } else if (allowed) {
    notify('eviction-allowed', `registry: ${shown} has maxmemory-policy ${policy} and may drop versions`);
  } else {
    throw new AlderError(
      'registry-evicts',
      `registry: ${shown} has maxmemory-policy ${policy} and may drop versions`,
      {
        hint: 'set maxmemory-policy noeviction there, or ALDER_ALLOW_EVICTION=true to go on anyway',
      },
    );
  }
}

/** Null when the server will not say. */
async function evictionPolicy(connection: RedisConnection): Promise<string | null> {
  try {
    const reply = await connection.send('config', ['GET', 'maxmemory-policy']);
    return Array.isArray(reply) && typeof reply[1] === 'string' ? reply[1] : null;
  } catch (error) {
    // A server that is still loading answers with an error as well; that one is worth another try.
    if (/^(NOPERM|ERR)/.test(refusalOf(error) ?? '')) return null;
    throw error;
  }
}

/**
 * Repeats `contact` while the registry is unavailable, for at most `timeoutMs` (and what the last try takes).
 * A refused login or permission ends it at once: waiting cannot help there. Throws what `contact` threw last.
 */
export async function untilContact(
  connection: RedisConnection,
  contact: () => Promise<void>,
  timeoutMs: number,
): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await contact();
    } catch (error) {
      if (!isAlderError(error, 'registry-unavailable')) throw error;
      const { lastFault, address } = connection;
      const words = refusalOf(error) ?? lastFault.message;
      if (/^(WRONGPASS|NOAUTH|NOPERM)/.test(words)) {
        throw new AlderError('registry-forbidden', `registry: ${address.shown} refuses us: ${words}`, {
          hint: 'check user and password in REDIS_URL, and what that user may do',
          cause: lastFault,
        });
      }
      if (performance.now() >= deadlineMs) {
        const message = `registry: no contact with ${address.shown} within ${timeoutMs} ms: ${lastFault.message}`;
        throw new AlderError('registry-unavailable', message, {
          hint: 'check that Redis runs and that REDIS_URL names it',
          cause: error,
        });
      }
      await delay(RETRY_PAUSE_MS);
    }
  }
}

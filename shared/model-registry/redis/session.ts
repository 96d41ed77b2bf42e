import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AlderError, isAlderError } from '../../errors';
import type { LogCode } from '../../runtime/log-codes';
import { OutageNotice } from '../../runtime/outage-notice';
import { parseRedisUrl } from './address';
import { refusalOf } from './client';
import { RedisConnection } from './connection';
import { keysOf, type ModelKeys } from './keys';
import { runScript, type ScriptName } from './scripts';

export type Notify = (code: LogCode, message: string) => void;

const RETRY_PAUSE_MS = 200;

interface SessionOptions {
  readonly url: string;
  readonly model: string;
  readonly allowEviction: boolean;
  readonly notify: Notify;
  /** Called on every connect, the first included. */
  readonly onReady: () => void;
}

/**
 * Commands and scripts for one model. The first call makes first contact: it checks the server's eviction policy and
 * the registry's id before anything else is sent. Every call may throw `registry-unavailable`, and `registry-evicts`
 * until the policy is changed.
 */
export class RedisSession {
  readonly keys: ModelKeys;
  readonly connection: RedisConnection;
  private contact: Promise<void> | null = null;
  private seenId = '';
  private readonly outage: OutageNotice;

  /** Throws `setting-invalid` for an invalid URL. */
  constructor(private readonly options: SessionOptions) {
    this.keys = keysOf(options.model);
    this.connection = new RedisConnection(parseRedisUrl(options.url), {
      ready: () => {
        this.outage.recovered();
        options.onReady();
      },
      away: (fault) => this.outage.failed(fault),
    });
    const { shown } = this.connection.address;
    this.outage = new OutageNotice({
      onOutage: (fault) =>
        options.notify(
          'registry-away',
          `registry: ${shown} is away, still trying: ${(fault as Error).message}`,
        ),
      onRecovery: () => options.notify('registry-back', `registry: ${shown} is back`),
    });
  }

  /** The id that was last seen; '' before the first contact. */
  get registryId(): string {
    return this.seenId;
  }

  waitForServer(timeoutMs: number): Promise<void> {
    return untilContact(this.connection, () => this.makeContact(), timeoutMs);
  }

  async send(name: string, args: readonly string[], timeoutMs?: number): Promise<unknown> {
    await this.makeContact();
    return this.connection.send(name, args, timeoutMs);
  }

  async run(script: ScriptName, args: readonly string[], timeoutMs?: number): Promise<unknown> {
    await this.makeContact();
    return runScript(this.connection, script, this.keys, args, timeoutMs);
  }

  /** Runs a script that publishes its change on the changes channel, its first argument. */
  change(script: ScriptName, args: readonly string[], timeoutMs?: number): Promise<unknown> {
    return this.run(script, [this.keys.changes, ...args], timeoutMs);
  }

  /** Remembers the id of a reply. A server without an id was emptied: it is another registry now and gets a new id. */
  async recognise(registryId: string | null): Promise<void> {
    if (registryId === null) await this.identify();
    else this.seenId = registryId;
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  /** Single-flight: calls that come together share one contact. After a failure the next call tries again. */
  private makeContact(): Promise<void> {
    this.contact ??= this.checkServer().catch((error: unknown) => {
      this.contact = null;
      throw error;
    });
    return this.contact;
  }

  private async checkServer(): Promise<void> {
    await checkEviction(this.connection, this.options.allowEviction, this.options.notify);
    await this.identify();
  }

  private async identify(): Promise<void> {
    this.seenId = (await runScript(this.connection, 'identity', this.keys, [randomUUID()])) as string;
  }
}

/**
 * Refuses a server that would drop versions when its memory is full. Throws `registry-evicts`, or gives a notice when
 * eviction is allowed. A server that hides its configuration, as managed ones do, causes a notice only.
 */
async function checkEviction(connection: RedisConnection, allowed: boolean, notify: Notify): Promise<void> {
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
        fields: { host: shown, maxmemoryPolicy: policy },
      },
    );
  }
}

/** Null when the server hides it. */
async function evictionPolicy(connection: RedisConnection): Promise<string | null> {
  try {
    const reply = await connection.send('config', ['GET', 'maxmemory-policy']);
    return Array.isArray(reply) && typeof reply[1] === 'string' ? reply[1] : null;
  } catch (error) {
    // Any other error may pass, such as that of a server that is still loading.
    if (/^(NOPERM|ERR)/.test(refusalOf(error) ?? '')) return null;
    throw error;
  }
}

/**
 * Repeats `contact` while the registry is unavailable, for at most `timeoutMs` and the time of the last try. Throws
 * `registry-forbidden` at once for a refused login or permission, which no wait cures, and `registry-unavailable` after
 * the time.
 */
async function untilContact(
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
      const reason = refusalOf(error) ?? lastFault.message;
      if (/^(WRONGPASS|NOAUTH|NOPERM)/.test(reason)) {
        throw new AlderError('registry-forbidden', `registry: ${address.shown} refuses us: ${reason}`, {
          hint: 'check user and password in REDIS_URL, and what that user may do',
          cause: lastFault,
          fields: { host: address.shown },
        });
      }
      if (performance.now() >= deadlineMs) {
        const message = `registry: no contact with ${address.shown} within ${timeoutMs} ms: ${lastFault.message}`;
        throw new AlderError('registry-unavailable', message, {
          hint: 'check that Redis runs and that REDIS_URL names it',
          cause: error,
          fields: { host: address.shown, timeoutMs },
        });
      }
      await delay(RETRY_PAUSE_MS);
    }
  }
}

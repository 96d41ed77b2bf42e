import { randomUUID } from 'node:crypto';
import { parseRedisUrl } from './address';
import { RedisConnection } from './connection';
import { checkEviction, type Notify, untilContact } from './first-contact';
import { keysOf, type ModelKeys } from './keys';
import { runScript, type ScriptName } from './scripts';

export interface SessionOptions {
  readonly url: string;
  readonly model: string;
  readonly allowEviction: boolean;
  readonly notify: Notify;
  /** Called on every connect, the first included. */
  readonly onReady: () => void;
}

/**
 * Commands and scripts for one model, none of which is sent before first contact: the check of the eviction policy
 * and of the registry's id, made once by whichever call comes first. Every call may throw `registry-unavailable`,
 * and `registry-evicts` until that is put right.
 */
export class RedisSession {
  readonly keys: ModelKeys;
  readonly connection: RedisConnection;
  private contact: Promise<void> | null = null;
  private seenId = '';
  private wasAway = false;

  /** Throws `setting-invalid` for a URL that is none. */
  constructor(private readonly options: SessionOptions) {
    this.keys = keysOf(options.model);
    this.connection = new RedisConnection(parseRedisUrl(options.url), {
      ready: () => this.becameReady(),
      away: (fault) => this.becameAway(fault),
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

  /** A script that changes something tells so on the changes channel, its first argument. */
  change(script: ScriptName, args: readonly string[], timeoutMs?: number): Promise<unknown> {
    return this.run(script, [this.keys.changes, ...args], timeoutMs);
  }

  /** Takes note of the id that a reply carried. An emptied server has lost it: it is another registry now. */
  async recognise(registryId: string | null): Promise<void> {
    if (registryId === null) await this.identify();
    else this.seenId = registryId;
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  /** Shared by calls that come together; a failed contact is tried again by the next call. */
  private makeContact(): Promise<void> {
    this.contact ??= this.meet().catch((error: unknown) => {
      this.contact = null;
      throw error;
    });
    return this.contact;
  }

  private async meet(): Promise<void> {
    await checkEviction(this.connection, this.options.allowEviction, this.options.notify);
    await this.identify();
  }

  private async identify(): Promise<void> {
    this.seenId = (await runScript(this.connection, 'identity', this.keys, [randomUUID()])) as string;
  }

  private becameReady(): void {
    if (this.wasAway)
      this.options.notify('registry-back', `registry: ${this.connection.address.shown} is back`);
    this.wasAway = false;
    this.options.onReady();
  }

  private becameAway(fault: Error): void {
    this.wasAway = true;
    const { shown } = this.connection.address;
    this.options.notify('registry-away', `registry: ${shown} is away, still trying: ${fault.message}`);
  }
}

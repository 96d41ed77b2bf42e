import { Command, type Redis } from 'ioredis';
import { AlderError } from '../../errors';
import type { RedisAddress } from './address';
import { COMMAND_TIMEOUT_MS, endClient, makeClient } from './client';
import { plainFault, unavailable } from './faults';

/** Told once per outage, not once per try. */
export interface ConnectionListener {
  ready(): void;
  away(fault: Error): void;
}

interface Waiter {
  resume(): void;
  giveUp(fault: Error): void;
}

/** The one connection that carries commands. Calls made while it is down wait a moment for it, then fail. */
export class RedisConnection {
  private readonly client: Redis;
  private readonly waiters = new Set<Waiter>();
  private fault = new Error('no connection yet');
  private toldAway = false;
  private closed = false;

  constructor(
    readonly address: RedisAddress,
    private readonly listener: ConnectionListener,
  ) {
    this.client = makeClient(address, (error) => {
      this.fault = plainFault(error);
    });
    this.client.on('ready', () => this.becameReady());
    this.client.on('close', () => this.becameAway());
  }

  /** Why the connection is down, as far as is known. */
  get lastFault(): Error {
    return this.fault;
  }

  /**
   * Sends one command and gives its reply. It waits for a connection for at most COMMAND_TIMEOUT_MS, then for the
   * reply for at most `timeoutMs`. Throws `registry-unavailable`; nothing is kept to be sent later, but what was
   * already sent may still run.
   */
  async send(name: string, args: readonly string[], timeoutMs = COMMAND_TIMEOUT_MS): Promise<unknown> {
    await this.whenReady();
    const command = new Command(name, [...args], { replyEncoding: 'utf8' });
    command.setTimeout(timeoutMs);
    try {
      return await this.client.sendCommand(command);
    } catch (error) {
      throw unavailable(`${name} at ${this.address.shown} failed`, error);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const waiter of [...this.waiters]) waiter.giveUp(new Error('closed'));
    await endClient(this.client);
  }

  private async whenReady(): Promise<void> {
    if (this.closed) {
      throw new AlderError('registry-closed', `registry: ${this.address.shown} was closed by this process`);
    }
    if (this.client.status === 'ready') return;
    await new Promise<void>((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        this.waiters.delete(waiter);
      };
      const waiter: Waiter = {
        resume: () => {
          done();
          resolve();
        },
        giveUp: (fault) => {
          done();
          reject(unavailable(`${this.address.shown} is away`, fault));
        },
      };
      const timer = setTimeout(() => waiter.giveUp(this.fault), COMMAND_TIMEOUT_MS);
      this.waiters.add(waiter);
    });
  }

  private becameReady(): void {
    this.toldAway = false;
    this.fault = new Error('the server closed the connection');
    for (const waiter of [...this.waiters]) waiter.resume();
    this.listener.ready();
  }

  private becameAway(): void {
    if (this.toldAway || this.closed) return;
    this.toldAway = true;
    this.listener.away(this.fault);
  }
}

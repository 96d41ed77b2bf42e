import { Command, type Redis } from 'ioredis';
import { AlderError } from '../../errors';
import { Signal } from '../../runtime/signal';
import type { RedisAddress } from './address';
import { COMMAND_TIMEOUT_MS, endClient, makeClient, plainFault, unavailable } from './client';

/** `away` is called after every failed try to connect. */
interface ConnectionListener {
  ready(): void;
  away(fault: Error): void;
}

/** The one connection for commands. A call waits up to COMMAND_TIMEOUT_MS for a connection that is down, then fails. */
export class RedisConnection {
  private readonly client: Redis;
  private readonly changed = new Signal();
  private fault = new Error('no connection yet');
  private isClosed = false;

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

  /** The last known reason why the connection is down. */
  get lastFault(): Error {
    return this.fault;
  }

  /**
   * Sends one command and gives its reply. It waits for a connection for at most COMMAND_TIMEOUT_MS, then for the reply
   * for at most `timeoutMs`. Throws `registry-unavailable`; a command that was sent may still run then.
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
    this.isClosed = true;
    this.changed.notify();
    await endClient(this.client);
  }

  private async whenReady(): Promise<void> {
    const { shown } = this.address;
    if (this.isClosed)
      throw new AlderError('registry-closed', `registry: ${shown} was closed by this process`);
    const untilMs = performance.now() + COMMAND_TIMEOUT_MS;
    while (this.client.status !== 'ready') {
      const leftMs = untilMs - performance.now();
      if (this.isClosed) throw unavailable(`${shown} is away`, new Error('closed'));
      if (leftMs <= 0) throw unavailable(`${shown} is away`, this.fault);
      await this.changed.wait(leftMs);
    }
  }

  private becameReady(): void {
    this.fault = new Error('the server closed the connection');
    this.changed.notify();
    this.listener.ready();
  }

  private becameAway(): void {
    if (!this.isClosed) this.listener.away(this.fault);
  }
}

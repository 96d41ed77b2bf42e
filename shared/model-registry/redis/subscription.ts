import type { Redis } from 'ioredis';
import type { RedisAddress } from './address';
import { endClient, makeClient } from './client';
import { refusalOf } from './faults';

export interface SubscriptionListener {
  /**
   * Something may have changed; also after each (re)connect, since messages sent meanwhile are gone. The version is one
   * that is said to have become the champion.
   */
  hint(promoted: number | null): void;
  /** The server will not let us subscribe: changes are then seen by polling alone. */
  refused(reason: string): void;
}

/**
 * A connection of its own that listens for hints: a subscribed connection takes no other command on older servers.
 * It subscribes afresh on every connect. The socket timeout leaves it alone while idle, as no reply is awaited then.
 */
export class ChangesSubscription {
  private readonly client: Redis;
  private toldRefused = false;

  constructor(
    address: RedisAddress,
    private readonly channel: string,
    private readonly listener: SubscriptionListener,
  ) {
    // An outage is told of by the connection that carries commands; here it only means that hints stop.
    this.client = makeClient(address, () => undefined);
    this.client.on('ready', () => this.subscribe());
    this.client.on('message', (_channel, message: string) => listener.hint(promotedIn(message)));
  }

  close(): Promise<void> {
    return endClient(this.client);
  }

  private subscribe(): void {
    this.client.subscribe(this.channel).then(
      () => this.listener.hint(null),
      (error: unknown) => {
        const reason = refusalOf(error);
        if (reason === null || this.toldRefused) return;
        this.toldRefused = true;
        this.listener.refused(reason);
      },
    );
  }
}

/** Anybody may publish on a channel: what does not name a version is a hint like any other. */
function promotedIn(message: string): number | null {
  const version = /^champion ([1-9][0-9]{0,14})$/.exec(message)?.[1];
  return version === undefined ? null : Number(version);
}

import type { Redis } from 'ioredis';
import type { RedisAddress } from './address';
import { endClient, makeClient, refusalOf } from './client';

interface SubscriptionListener {
  /**
   * The registry may have changed; also called after each (re)connect, since messages sent meanwhile are lost. The
   * version is the new champion according to the message.
   */
  hint(promoted: number | null): void;
  /** The server refuses subscriptions: changes are then seen by polling alone. */
  refused(reason: string): void;
}

/**
 * A connection that listens for hints. It is separate, because a subscribed connection takes no other command on older
 * servers. It subscribes again on every connect. The socket timeout spares it while idle, as it awaits no reply then.
 */
export class ChangesSubscription {
  private readonly client: Redis;
  private isRefusalReported = false;

  constructor(
    address: RedisAddress,
    private readonly channel: string,
    private readonly listener: SubscriptionListener,
  ) {
    // The connection for commands reports outages; here an outage only stops the hints.
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
        if (reason === null || this.isRefusalReported) return;
        this.isRefusalReported = true;
        this.listener.refused(reason);
      },
    );
  }
}

/** Any client may publish on the channel: a message that names no version is a hint without one. */
function promotedIn(message: string): number | null {
  const version = /^champion ([1-9][0-9]{0,14})$/.exec(message)?.[1];
  return version === undefined ? null : Number(version);
}

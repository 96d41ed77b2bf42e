import type { ServerResponse } from 'node:http';
import { STREAM_BEGIN } from './event-text';

/** What a page may leave unread before it is dropped; it comes back by itself and catches up. */
export const UNSENT_BYTES_MAX = 1_048_576;

/** One stream of events, and how far along it is. */
export class OpenPage {
  /** The newest version that was sent; 0 for none. */
  sentVersion: number;
  /** The journal's text that was sent last. */
  sentJournal: string | null = null;
  /** Which history of the registry `sentVersion` is of, as VersionFeed counts them; null before anything was sent. */
  history: number | null = null;
  /** Versions are on their way to it. */
  isCatchingUp = false;
  private wake: () => void = () => undefined;

  /** `closed` is called once, when the client is gone or was dropped. */
  constructor(
    private readonly response: ServerResponse,
    lastVersion: number,
    closed: (page: OpenPage) => void,
  ) {
    this.sentVersion = lastVersion;
    response.once('close', () => {
      closed(this);
      this.wake();
    });
    response.on('drain', () => this.wake());
    // What is written to a connection that has just gone ends here; `close` follows.
    response.on('error', () => undefined);
    response.writeHead(200, STREAM_HEADERS);
    response.write(STREAM_BEGIN);
  }

  get isOpen(): boolean {
    return !this.response.destroyed && !this.response.writableEnded;
  }

  /** A client that reads nothing while more than the bound waits for it is dropped. */
  send(text: string): void {
    if (!this.isOpen) return;
    if (this.response.writableLength > UNSENT_BYTES_MAX) this.response.destroy();
    else this.response.write(text);
  }

  /** Resolves when what was sent has left, or the client is gone. */
  async drained(): Promise<void> {
    if (!this.isOpen || !this.response.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
  }

  /** The stop of the server waits for no page: one that reads slowly is cut off. */
  end(): void {
    if (this.response.writableLength > 0) this.response.destroy();
    else this.response.end();
  }
}

/** A proxy that collected events before it passed them on would make them late; the connection serves nothing else. */
export const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-accel-buffering': 'no',
  connection: 'close',
};

import type { ServerResponse } from 'node:http';

/** A page that leaves more than this unread is dropped; the browser connects again by itself and catches up. */
export const UNSENT_BYTES_MAX = 1_048_576;
/** First text of a stream: a client that loses the stream reconnects after this time. */
const STREAM_BEGIN = 'retry: 1000\n\n';
/** A buffering proxy would make events late, so buffering is switched off. The connection serves nothing else. */
export const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-accel-buffering': 'no',
  connection: 'close',
};

/** One server-sent event. `json` is one line, as JSON.stringify writes it; a client reconnects with the last `id`. */
export function eventText(name: string, json: string, id: number | null = null): string {
  return `${id === null ? '' : `id: ${id}\n`}event: ${name}\ndata: ${json}\n\n`;
}

/** One stream of events to a page, and the position of that page. */
export class OpenPage {
  /** The newest version that was sent; 0 for none. */
  sentVersion: number;
  /** The text of the journal event that was sent last. */
  sentJournal: string | null = null;
  /** The registry history of `sentVersion`, as VersionFeed counts histories; null before a version was sent. */
  history: number | null = null;
  /** True while versions are being sent. */
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
    // A write to a connection that has just gone raises this error; `close` follows.
    response.on('error', () => undefined);
    response.writeHead(200, STREAM_HEADERS);
    response.write(STREAM_BEGIN);
  }

  get isOpen(): boolean {
    return !this.response.destroyed && !this.response.writableEnded;
  }

  /** Sends text, or drops a client that has left more than the bound unread. */
  send(text: string): void {
    if (!this.isOpen) return;
    if (this.response.writableLength > UNSENT_BYTES_MAX) this.response.destroy();
    else this.response.write(text);
  }

  /** Resolves when the client has taken the sent text, or is gone. */
  async drained(): Promise<void> {
    if (!this.isOpen || !this.response.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
  }

  /** Ends the stream. A page that reads slowly is cut off, because the stop of the server waits for no page. */
  end(): void {
    if (this.response.writableLength > 0) this.response.destroy();
    else this.response.end();
  }
}

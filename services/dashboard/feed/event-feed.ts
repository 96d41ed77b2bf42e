import { useEffect, useReducer } from 'preact/hooks';
import { changed, EMPTY_PAGE, type PageChange, type PageState } from './page-state';

/** The state of the page, kept current by the server's event stream. */
export function usePage(): PageState {
  const [state, change] = useReducer(changed, EMPTY_PAGE);
  useEffect(() => {
    const feed = new EventFeed('events', change);
    return () => feed.close();
  }, []);
  return state;
}

/** The server sends an event every second, so a connection that is silent for this long is taken for dead. */
const SILENCE_MS = 6_000;
const RETRY_MS = 2_000;

/**
 * Receives the server's events until it is closed. After a broken connection the browser reconnects by itself and
 * names the last event that it saw. This class opens a new connection in the two cases that a browser does not handle:
 * the server refused the connection, or the connection is silent.
 */
export class EventFeed {
  private source: EventSource | null = null;
  private retry: number | undefined;
  private silence: number | undefined;

  constructor(
    private readonly url: string,
    private readonly onChange: (change: PageChange) => void,
  ) {
    this.open();
  }

  close(): void {
    window.clearTimeout(this.retry);
    window.clearTimeout(this.silence);
    this.source?.close();
  }

  private open(): void {
    this.close();
    const source = new EventSource(this.url);
    this.source = source;
    this.restartSilenceTimer();
    const on = (name: string, take: (event: unknown) => PageChange) =>
      source.addEventListener(name, ({ data }: MessageEvent<string>) => {
        this.restartSilenceTimer();
        this.onChange(take(JSON.parse(data)));
      });
    on('pipeline', (event) => ({ kind: 'pipeline', event, atMs: performance.now() }) as PageChange);
    on('versions', (event) => ({ kind: 'versions', event }) as PageChange);
    on('journal', (event) => ({ kind: 'journal', event }) as PageChange);
    source.onerror = () => {
      this.onChange({ kind: 'lost', atMs: performance.now() });
      if (source.readyState === EventSource.CLOSED) this.openLater();
    };
  }

  private openLater(): void {
    window.clearTimeout(this.retry);
    this.retry = window.setTimeout(() => this.open(), RETRY_MS);
  }

  private restartSilenceTimer(): void {
    window.clearTimeout(this.silence);
    this.silence = window.setTimeout(() => {
      this.onChange({ kind: 'lost', atMs: performance.now() });
      this.open();
    }, SILENCE_MS);
  }
}

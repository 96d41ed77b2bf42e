import { useEffect, useReducer } from 'preact/hooks';
import { changed, EMPTY_PAGE, type PageChange, type PageState } from './page-state';

/** Everything that the server sends, as it comes. */
export function usePage(): PageState {
  const [state, change] = useReducer(changed, EMPTY_PAGE);
  useEffect(() => {
    const feed = new EventFeed('events', change);
    return () => feed.close();
  }, []);
  return state;
}

/** Without a word for so long the connection is taken for dead: the server sends something every second. */
const SILENCE_MS = 6_000;
const RETRY_MS = 2_000;

/**
 * Listens to the server until it is closed, and goes on listening whatever happens to the connection. A browser comes
 * back by itself after a break, with the number of the last event that it saw; it gives up when it is refused, and it
 * does not notice a connection that died quietly: then another one is opened here.
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
    this.expectSign();
    const on = (name: string, take: (event: unknown) => PageChange) =>
      source.addEventListener(name, ({ data }: MessageEvent<string>) => {
        this.expectSign();
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

  private expectSign(): void {
    window.clearTimeout(this.silence);
    this.silence = window.setTimeout(() => {
      this.onChange({ kind: 'lost', atMs: performance.now() });
      this.open();
    }, SILENCE_MS);
  }
}

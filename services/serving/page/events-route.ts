import type { IncomingMessage, ServerResponse } from 'node:http';
import { isAlderError } from '../../../shared/errors';
import { problem } from '../../../shared/http/problem';
import { versionNumber } from '../../../shared/model-registry/resolve-version';
import type { VersionLoads } from '../models/version-loads';
import type { Route } from '../route/route';
import { eventText, OpenPage, STREAM_HEADERS } from './open-page';
import { PipelineFeed, type PipelineNeeds } from './pipeline-feed';
import { JournalFeed, VersionFeed } from './registry-feeds';

export interface EventsNeeds extends PipelineNeeds {
  readonly loads: VersionLoads;
  /** Bound of the connections of this process. */
  readonly connectionsMax: number;
  /** Aborts when the service stops. */
  readonly stopping: AbortSignal;
}

/** Also keeps proxies from closing the stream as idle, so no other heartbeat is needed. */
const TICK_MS = 1_000;
const PAGES_MAX = 100;
/** An open page occupies its connection for good, so most connections are left to other requests. */
const CONNECTIONS_PER_PAGE = 4;

/** GET /events: a stream that ends when the client goes or the service stops. */
export function followEvents(needs: EventsNeeds): Route {
  let hub: EventHub | null = null;
  return (request, response) => {
    hub ??= new EventHub(needs);
    if (!hub.canOpen) return problem('too-many-waiters');
    if (request.method === 'HEAD') return { status: 200, headers: STREAM_HEADERS, body: '' };
    // A client that is gone already would never raise `close`.
    if (!response.destroyed) hub.open(response, lastVersion(request));
    return null;
  };
}

/** 0 also for an id that was never given here: an error would keep a browser from reconnecting. */
function lastVersion({ headers }: IncomingMessage): number {
  const id = headers['last-event-id'];
  return typeof id === 'string' ? (versionNumber(id) ?? 0) : 0;
}

/**
 * All pages that follow the events of this process. Events are read and written once for all pages, and only while a
 * page is open: without one there is no timer, no read of the registry and no listener.
 */
class EventHub {
  private readonly pages = new Set<OpenPage>();
  private readonly pagesMax: number;
  private readonly pipeline: PipelineFeed;
  private readonly versions: VersionFeed;
  private readonly journal: JournalFeed;
  /** Ends the work for the open pages; null while no page is open. */
  private running: AbortController | null = null;
  private lastPipeline: string | null = null;
  private following: Promise<void> | null = null;

  constructor(private readonly needs: EventsNeeds) {
    this.pagesMax = Math.min(PAGES_MAX, Math.max(1, Math.floor(needs.connectionsMax / CONNECTIONS_PER_PAGE)));
    this.pipeline = new PipelineFeed(needs);
    this.versions = new VersionFeed(needs.registry, needs.loads);
    this.journal = new JournalFeed(needs.registry);
    needs.stopping.addEventListener('abort', () => this.end());
  }

  get canOpen(): boolean {
    return this.pages.size < this.pagesMax && !this.needs.stopping.aborted;
  }

  /** Streams to a client from now on, if `canOpen`; `lastVersion` is the newest version that it has, 0 for none. */
  open(response: ServerResponse, lastVersion: number): void {
    const page = new OpenPage(response, lastVersion, (closed) => this.forget(closed));
    this.pages.add(page);
    if (this.running === null) this.begin();
    else if (this.lastPipeline !== null) page.send(this.lastPipeline);
    this.follow();
  }

  private begin(): void {
    const running = new AbortController();
    this.running = running;
    const unsubscribe = this.needs.view.onState(() => this.follow());
    running.signal.addEventListener('abort', unsubscribe, { once: true });
    void this.run(running.signal);
  }

  private forget(page: OpenPage): void {
    this.pages.delete(page);
    if (this.pages.size > 0) return;
    this.running?.abort();
    this.running = null;
    this.lastPipeline = null;
    this.pipeline.reset();
  }

  private end(): void {
    for (const page of this.pages) page.end();
  }

  private async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.needs;
    while (!signal.aborted) {
      const begunMs = clock.monotonicMs();
      await this.pipeline.refresh();
      if (signal.aborted) return;
      this.sendPipeline();
      // A version that could not be loaded when it was new is tried again.
      this.follow();
      await clock.sleep(TICK_MS - (clock.monotonicMs() - begunMs), signal);
    }
  }

  private sendPipeline(): void {
    this.lastPipeline = eventText('pipeline', JSON.stringify(this.pipeline.event(this.pages.size)));
    for (const page of this.pages) page.send(this.lastPipeline);
  }

  /** Sends news of the registry to the pages. Calls at the same time share one read. */
  private follow(): void {
    this.following ??= this.catchUp().finally(() => {
      this.following = null;
    });
  }

  private async catchUp(): Promise<void> {
    const { view } = this.needs;
    for (let state = view.state; state !== null && this.running !== null; state = view.state) {
      try {
        await Promise.all([this.versions.follow(state.newest), this.journal.follow(state)]);
      } catch (error) {
        // The next pipeline event shows a registry that is away, and the next tick tries again.
        if (!isAlderError(error)) throw error;
        return;
      }
      for (const page of this.pages) {
        void this.versions.sendTo(page);
        this.journal.sendTo(page);
      }
      if (view.state === state) return;
    }
  }
}

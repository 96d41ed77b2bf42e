import type { ServerResponse } from 'node:http';
import { isAlderError } from '../../../shared/errors';
import type { ServingContext } from '../server/serving-context';
import { eventText } from './event-text';
import { JournalFeed } from './journal-feed';
import { OpenPage } from './open-page';
import { PipelineFeed } from './pipeline-feed';
import { VersionFeed } from './version-feed';

/** Also what keeps a proxy from taking the stream for dead: no other heart-beat is needed. */
const TICK_MS = 1_000;

/**
 * All pages that follow the events of this process. What they are told is looked at and written once for all of them,
 * and only while there is one: without a page there is no timer, no look at the registry and no listener.
 */
export class DashboardHub {
  private readonly pages = new Set<OpenPage>();
  private readonly pipeline: PipelineFeed;
  private readonly versions: VersionFeed;
  private readonly journal: JournalFeed;
  /** Ends the work for those pages that are open now; null while none is. */
  private resting: AbortController | null = null;
  private lastPipeline: string | null = null;
  private following: Promise<void> | null = null;

  constructor(private readonly context: ServingContext) {
    this.pipeline = new PipelineFeed(context);
    this.versions = new VersionFeed(context.registry, context.loads);
    this.journal = new JournalFeed(context.registry);
    context.stopping.addEventListener('abort', () => this.end());
  }

  get hasRoom(): boolean {
    return this.pages.size < this.context.pagesMax && !this.context.stopping.aborted;
  }

  /** Follows for a client from here on; `lastVersion` is the newest that it has, 0 for none. To be asked for room first. */
  open(response: ServerResponse, lastVersion: number): void {
    const page = new OpenPage(response, lastVersion, (closed) => this.forget(closed));
    this.pages.add(page);
    if (this.resting === null) this.begin();
    else if (this.lastPipeline !== null) page.send(this.lastPipeline);
    this.follow();
  }

  private begin(): void {
    const resting = new AbortController();
    this.resting = resting;
    const unsubscribe = this.context.view.onState(() => this.follow());
    resting.signal.addEventListener('abort', unsubscribe, { once: true });
    void this.run(resting.signal);
  }

  private forget(page: OpenPage): void {
    this.pages.delete(page);
    if (this.pages.size > 0) return;
    this.resting?.abort();
    this.resting = null;
    this.lastPipeline = null;
    this.pipeline.rest();
  }

  private end(): void {
    for (const page of this.pages) page.end();
  }

  private async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.context;
    while (!signal.aborted) {
      const begunMs = clock.monotonicMs();
      await this.pipeline.look();
      if (signal.aborted) return;
      this.tellPipeline();
      // What could not be loaded when it was new is tried again.
      this.follow();
      await clock.sleep(TICK_MS - (clock.monotonicMs() - begunMs), signal);
    }
  }

  private tellPipeline(): void {
    this.lastPipeline = eventText('pipeline', JSON.stringify(this.pipeline.event(this.pages.size)));
    for (const page of this.pages) page.send(this.lastPipeline);
  }

  /** Tells the pages what is new in the registry. However often it is called, one look is under way. */
  private follow(): void {
    this.following ??= this.catchUp().finally(() => {
      this.following = null;
    });
  }

  private async catchUp(): Promise<void> {
    const { view } = this.context;
    for (let state = view.state; state !== null && this.resting !== null; state = view.state) {
      try {
        await Promise.all([this.versions.follow(state.newest), this.journal.follow(state)]);
      } catch (error) {
        // A registry that is away shows in the next pipeline event, and the next tick tries again.
        if (!isAlderError(error)) throw error;
        return;
      }
      for (const page of this.pages) {
        void this.versions.tell(page);
        this.journal.tell(page);
      }
      if (view.state === state) return;
    }
  }
}

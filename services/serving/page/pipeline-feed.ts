import type { PipelineEvent } from '../../../shared/api/events';
import { ownCounts } from '../metrics/prediction-counts';
import { SingleFlight } from '../models/single-flight';
import { rootBody, STALE_AFTER_MS } from '../server/root-answer';
import type { ServingContext } from '../server/serving-context';
import { PredictionWindow } from './prediction-window';
import { TrainerLook } from './trainer-look';

/** A registry or a worker that does not answer within this leaves the figures as they were: the event goes out. */
const LOOK_MS_MAX = 500;

/** How each part of the pipeline is doing, looked at once for all pages. */
export class PipelineFeed {
  private readonly trainer: TrainerLook;
  private predictions = new PredictionWindow();
  /** A look that takes longer than a tick is not begun a second time, and holds no other up. */
  private readonly looks = new SingleFlight<'trainer' | 'predictions', void>(2);

  constructor(private readonly context: ServingContext) {
    this.trainer = new TrainerLook(context.registry, context.log);
  }

  /** Forgets the last ten seconds: they end when nobody looks. */
  rest(): void {
    this.predictions = new PredictionWindow();
  }

  /** Looks at what is not in this process. Resolves in time, whatever becomes of the look; a late one goes on alone. */
  async look(): Promise<void> {
    const ended = new AbortController();
    // Either may fail for a while, which shows in the event itself: as a registry out of reach, as figures that rest.
    void Promise.allSettled([
      this.looks.load('trainer', () => this.trainer.look()),
      this.looks.load('predictions', () => this.lookAtPredictions()),
    ]).then(() => ended.abort());
    await this.context.clock.sleep(LOOK_MS_MAX, ended.signal);
  }

  /** `pages` is how many are open here. */
  event(pages: number): PipelineEvent {
    const { model, clock, models, view } = this.context;
    const stalenessMs = Math.round(view.stalenessMs());
    const { state } = view;
    const figures = this.predictions.figures() ?? NO_FIGURES;
    return {
      model,
      at: clock.wallTime(),
      message: rootBody({ model, version: models.champion?.version ?? null, stalenessMs }).message,
      registry: { isReachable: state !== null && stalenessMs <= STALE_AFTER_MS, stalenessMs },
      trainer: this.trainerNow(),
      serving: { ...figures, pages },
      latest: state?.newest?.version ?? null,
      previousChampion: state?.previousChampion ?? null,
      aliases: { ...state?.aliases },
    };
  }

  /** While the registry is away a trainer is what it was when the registry was last seen: its beats cannot come. */
  private trainerNow(): PipelineEvent['trainer'] {
    const { view, leaseMs } = this.context;
    const silentMs = view.trainerSilentMs();
    const isHeld = (view.state?.lease?.holder ?? '') !== '';
    const isSilent = silentMs - view.stalenessMs() > leaseMs;
    return {
      state: isHeld ? (isSilent ? 'silent' : 'active') : 'none',
      silentMs: Math.round(silentMs),
      report: this.trainer.report,
    };
  }

  private async lookAtPredictions(): Promise<void> {
    const { clock, fellowWorkers, metrics } = this.context;
    if (fellowWorkers === null) {
      this.predictions.add({
        atMs: clock.monotonicMs(),
        processes: 1,
        counts: ownCounts(metrics.requests),
      });
      return;
    }
    const { predictions, versions } = await fellowWorkers.report();
    this.predictions.add({ atMs: clock.monotonicMs(), processes: versions.length, counts: predictions });
  }
}

const NO_FIGURES = { processes: 0, requests: 0, requestsPerSecond: null, p99Ms: null };

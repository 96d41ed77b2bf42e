import type { PipelineEvent } from '../../../shared/api/events';
import { type TrainerReport, trainerReport } from '../../../shared/api/trainer-report';
import type { ModelRegistry } from '../../../shared/model-registry/model-registry';
import type { Clock } from '../../../shared/runtime/clock';
import type { Log } from '../../../shared/runtime/log';
import { ownCounts } from '../metrics/prediction-counts';
import type { ServingMetrics } from '../metrics/serving-metrics';
import type { ModelSource } from '../models/choose-model';
import { SingleFlight } from '../models/single-flight';
import type { FellowWorkers } from '../workers/messages';
import { RecentPredictions } from './recent-predictions';
import { rootBody, STALE_AFTER_MS } from './root-route';

export interface PipelineNeeds extends ModelSource {
  readonly model: string;
  readonly registry: ModelRegistry;
  readonly metrics: ServingMetrics;
  /** Null when this process serves alone. */
  readonly fellowWorkers: FellowWorkers | null;
  /** Silence of the lease after which no trainer counts as alive. */
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** When a registry or a worker does not answer in this time, the event goes out with the figures of before. */
const REFRESH_MS_MAX = 500;
const NO_FIGURES = { processes: 0, requests: 0, requestsPerSecond: null, p99Ms: null };

/** The state of each part of the pipeline, read once for all pages. */
export class PipelineFeed {
  private readonly trainer: TrainerReportReader;
  private predictions = new RecentPredictions();
  /** A read that takes longer than a tick is not started a second time, and does not delay the other one. */
  private readonly reads = new SingleFlight<'trainer' | 'predictions', void>(2);

  constructor(private readonly needs: PipelineNeeds) {
    this.trainer = new TrainerReportReader(needs.registry, needs.log);
  }

  /** Forgets the predictions of the last ten seconds, because nothing is counted while no page is open. */
  reset(): void {
    this.predictions = new RecentPredictions();
  }

  /** Reads the state outside of this process. Resolves after `REFRESH_MS_MAX` at the latest; a late read goes on alone. */
  async refresh(): Promise<void> {
    const ended = new AbortController();
    // Either may fail for a while. The event itself then shows it: the registry out of reach, or figures that stand.
    void Promise.allSettled([
      this.reads.load('trainer', () => this.trainer.read()),
      this.reads.load('predictions', () => this.samplePredictions()),
    ]).then(() => ended.abort());
    await this.needs.clock.sleep(REFRESH_MS_MAX, ended.signal);
  }

  /** `pages` is the number of open pages of this process. */
  event(pages: number): PipelineEvent {
    const { model, clock, models, view } = this.needs;
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

  /** While the registry is away no heartbeat can be seen, so the trainer keeps the state that was seen last. */
  private trainerNow(): PipelineEvent['trainer'] {
    const { view, leaseMs } = this.needs;
    const silentMs = view.trainerSilentMs();
    const isLeased = (view.state?.lease?.holder ?? '') !== '';
    const isSilent = silentMs - view.stalenessMs() > leaseMs;
    return {
      state: isLeased ? (isSilent ? 'silent' : 'active') : 'none',
      silentMs: Math.round(silentMs),
      report: this.trainer.report,
    };
  }

  private async samplePredictions(): Promise<void> {
    const { clock, fellowWorkers, metrics } = this.needs;
    if (fellowWorkers === null) {
      const counts = ownCounts(metrics.requests);
      this.predictions.add({ atMs: clock.monotonicMs(), processes: 1, counts });
      return;
    }
    const { predictions, versions } = await fellowWorkers.report();
    this.predictions.add({ atMs: clock.monotonicMs(), processes: versions.length, counts: predictions });
  }
}

/** The newest report of the trainer. */
class TrainerReportReader {
  /** Null before the first readable report; the newest one stays while the registry is away. */
  report: TrainerReport | null = null;
  private text: string | null = null;
  private hasWarned = false;

  constructor(
    private readonly registry: ModelRegistry,
    private readonly log: Log,
  ) {}

  /** Throws `registry-unavailable`. */
  async read(): Promise<void> {
    const text = await this.registry.loadReport();
    if (text === this.text) return;
    this.text = text;
    this.report = text === null ? null : parseReport(text);
    if (text === null || this.report !== null || this.hasWarned) return;
    this.hasWarned = true;
    this.log.warn('record-invalid', "the trainer's report has a format that this version does not know");
  }
}

function parseReport(text: string): TrainerReport | null {
  try {
    return trainerReport.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    // Text that is no JSON is no report.
    return null;
  }
}

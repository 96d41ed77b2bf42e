import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import type { PredictionCounts } from '../metrics/prediction-counts';
import type { ShadowPair } from '../metrics/serving-metrics';

/** The state of one process of several. */
export interface WorkerReport {
  /** The version that it serves as the champion; null before the first. */
  readonly version: number | null;
  readonly metrics: readonly MetricObjectWithValues<MetricValue<string>>[];
  readonly shadow: readonly ShadowPair[];
}

/** The state of all processes, put together by the primary. */
export interface WorkersReport {
  readonly workersWanted: number;
  /** The versions of the workers that answered in time. */
  readonly versions: readonly (number | null)[];
  readonly shadow: readonly ShadowPair[];
  readonly predictions: PredictionCounts;
  /** In the text format of Prometheus. */
  readonly metrics: string;
}

/** The processes that serve the same port, this one among them, as routes ask for them. */
export interface FellowWorkers {
  /** The state of all processes now. Throws `too-many-waiters` when the primary does not answer in time. */
  report(): Promise<WorkersReport>;
}

/** Worker to primary. The worker numbers its questions; a `report` carries the number of the primary's round. */
export type ToPrimary =
  | { readonly kind: 'serving'; readonly url: string }
  | { readonly kind: 'ask'; readonly question: number }
  | { readonly kind: 'report'; readonly round: number; readonly report: WorkerReport };

/** Primary to worker. */
export type ToWorker =
  | { readonly kind: 'stop' }
  | { readonly kind: 'report'; readonly round: number }
  | { readonly kind: 'answer'; readonly question: number; readonly report: WorkersReport };

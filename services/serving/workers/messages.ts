import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import type { ShadowPair } from '../metrics/shadow-tally';
import type { PredictionCounts } from '../page/prediction-counts';

/** What one process of several says of itself. */
export interface WorkerReport {
  /** The version that it serves as the champion; null before the first. */
  readonly version: number | null;
  readonly metrics: readonly MetricObjectWithValues<MetricValue<string>>[];
  readonly shadow: readonly ShadowPair[];
}

/** What all of them say, put together by the primary. */
export interface WorkersReport {
  readonly workersWanted: number;
  /** Of those that answered in time. */
  readonly versions: readonly (number | null)[];
  readonly shadow: readonly ShadowPair[];
  readonly predictions: PredictionCounts;
  /** As Prometheus reads it. */
  readonly metrics: string;
}

/** Worker to primary. `ask` numbers its questions for itself; `report` answers the primary's number. */
export type ToPrimary =
  | { readonly kind: 'serving'; readonly url: string }
  | { readonly kind: 'ask'; readonly question: number }
  | { readonly kind: 'report'; readonly round: number; readonly report: WorkerReport };

/** Primary to worker. */
export type ToWorker =
  | { readonly kind: 'stop' }
  | { readonly kind: 'report'; readonly round: number }
  | { readonly kind: 'answer'; readonly question: number; readonly report: WorkersReport };

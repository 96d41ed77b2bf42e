import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import {
  INFER_PATH,
  INFER_PINNED_PATH,
  routePath,
  SERVE_PATH,
  SERVE_PINNED_PATH,
} from '../../../shared/api/operation';
import { BOUNDS_SECONDS, REQUEST_SECONDS, type RequestTally } from './serving-metrics';

/** The templates of the routes that answer predictions. */
const PREDICTION_ROUTES = [SERVE_PATH, SERVE_PINNED_PATH, INFER_PATH, INFER_PINNED_PATH].map(routePath);

/**
 * The prediction requests that a process has answered since it began, by duration: shape [BOUNDS_SECONDS.length + 1],
 * in answers, not cumulative; the last place is for answers above all bounds.
 */
export type PredictionCounts = readonly number[];

/** The counts of this process. */
export function ownCounts(tally: RequestTally): PredictionCounts {
  const counts = noCounts();
  for (const [route, { buckets }] of tally.entries()) {
    if (PREDICTION_ROUTES.includes(route)) for (const [i, count] of buckets.entries()) counts[i]! += count;
  }
  return counts;
}

/** The counts of a process, from the metrics that it reports. */
export function reportedCounts(
  metrics: readonly MetricObjectWithValues<MetricValue<string>>[],
): PredictionCounts {
  const counts = noCounts();
  const values = metrics.find(({ name }) => name === REQUEST_SECONDS)?.values ?? [];
  for (const { labels, value } of values) {
    if (labels.le === undefined || !PREDICTION_ROUTES.includes(String(labels.route))) continue;
    // Reported counts are cumulative, so a bucket is the difference from the bound before it.
    const bound = BOUNDS_SECONDS.indexOf(Number(labels.le));
    const bucket = bound < 0 ? BOUNDS_SECONDS.length : bound;
    counts[bucket]! += value;
    if (bucket < BOUNDS_SECONDS.length) counts[bucket + 1]! -= value;
  }
  return counts;
}

/** The sum over all processes. */
export function summedCounts(all: readonly PredictionCounts[]): PredictionCounts {
  return all.reduce((sum, counts) => sum.map((count, i) => count + counts[i]!), noCounts());
}

function noCounts(): number[] {
  return new Array<number>(BOUNDS_SECONDS.length + 1).fill(0);
}

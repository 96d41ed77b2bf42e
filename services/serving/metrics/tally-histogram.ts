import type { Metric } from 'prom-client';
import { BOUNDS_SECONDS, type RequestTally, type RouteTally } from './request-tally';

/** What the times of requests are called, for whoever reads the metrics of another process. */
export const REQUEST_SECONDS = 'alder_http_request_seconds';

/**
 * The times of a tally as a metric that a registry of prom-client's takes: its own Histogram can be filled only one
 * observation at a time. The registry asks a metric for its name, its type and its samples, no more.
 */
export function tallyHistogram(name: string, help: string, tally: RequestTally): Metric {
  const known = { name, help, type: 'histogram', aggregator: 'sum' };
  const get = async () => ({
    ...known,
    values: [...tally.entries()].flatMap(([route, times]) => samples(name, route, times)),
  });
  return { ...known, get } as unknown as Metric;
}

function samples(name: string, route: string, { buckets, secondsTotal }: RouteTally) {
  let count = 0;
  const cumulative = Array.from(buckets, (within, i) => {
    count += within;
    return {
      metricName: `${name}_bucket`,
      labels: { le: BOUNDS_SECONDS[i] ?? '+Inf', route },
      value: count,
    };
  });
  // A request that was refused before it had a route to be timed on is counted only.
  if (count === 0) return [];
  return [
    ...cumulative,
    { metricName: `${name}_sum`, labels: { route }, value: secondsTotal },
    { metricName: `${name}_count`, labels: { route }, value: count },
  ];
}

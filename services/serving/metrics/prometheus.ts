import { Counter, Gauge, type Metric, Registry } from 'prom-client';
import {
  BOUNDS_SECONDS,
  REQUEST_SECONDS,
  type RequestTally,
  type RouteTally,
  type ServingMetrics,
} from './serving-metrics';

/**
 * The metrics of serving for Prometheus, read from the plain numbers at each scrape. Route templates and statuses are
 * closed sets and pairs of versions are few, so requests cannot make ever more time series.
 */
export function prometheusOf(metrics: ServingMetrics): Registry {
  const registry = new Registry();
  const gauge = (name: string, help: string, aggregator: 'min' | 'max' | 'sum', read: () => number) =>
    new Gauge({
      name,
      help,
      aggregator,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });

  gauge(
    'alder_served_version',
    'The version that is served as the champion; 0 before the first; the lowest of several processes',
    'min',
    () => metrics.servedVersion,
  );
  counter(
    'alder_bad_versions_total',
    'Versions that failed their checks and are not served',
    () => metrics.badVersions,
  );
  const { requests } = metrics;
  new Counter({
    name: 'alder_http_requests_total',
    help: 'HTTP requests answered',
    labelNames: ['route', 'status'] as const,
    registers: [registry],
    collect() {
      this.reset();
      for (const [route, { byStatus }] of requests.entries())
        for (const [status, count] of byStatus) this.inc({ route, status: String(status) }, count);
    },
  });
  registry.registerMetric(
    tallyHistogram(REQUEST_SECONDS, 'From the header of a request to the end of its answer', requests),
  );
  counter('alder_rows_predicted_total', 'Rows predicted', () => metrics.rowsPredicted);
  new Counter({
    name: 'alder_shadow_rows_total',
    help: 'Rows that a shadow predicted too, by the versions of a pair and by whether both gave the same class',
    labelNames: ['served', 'shadow', 'agreed'] as const,
    registers: [registry],
    collect() {
      this.reset();
      for (const { served, shadow, agreed, disagreed } of metrics.shadow.pairs) {
        const pair = { served: String(served), shadow: String(shadow) };
        this.inc({ ...pair, agreed: 'true' }, agreed);
        this.inc({ ...pair, agreed: 'false' }, disagreed);
      }
    },
  });
  gauge('alder_serving_processes', 'Processes in this scrape', 'sum', () => 1);
  gauge(
    'alder_registry_staleness_seconds',
    'Time since the registry was last seen; the longest of several processes',
    'max',
    () => metrics.stalenessMs() / 1_000,
  );
  return registry;
}

/**
 * The request times as a metric for a registry of prom-client. Its own Histogram can be filled only one observation at
 * a time; a registry asks a metric for no more than its name, its type and its samples.
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
  // Requests that were refused before they had a route are counted by status only.
  if (count === 0) return [];
  return [
    ...cumulative,
    { metricName: `${name}_sum`, labels: { route }, value: secondsTotal },
    { metricName: `${name}_count`, labels: { route }, value: count },
  ];
}

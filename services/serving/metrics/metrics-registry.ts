import { Counter, Gauge, Registry } from 'prom-client';
import type { ServingMetrics } from './metrics';
import { REQUEST_SECONDS, tallyHistogram } from './tally-histogram';

/**
 * The numbers of serving as Prometheus has them, read at each scrape. Route templates and statuses are closed sets and
 * pairs of versions are few, so no request can make a new time series.
 */
export function registryOf(metrics: ServingMetrics): Registry {
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
    help: 'Rows that a shadow predicted too, by the versions of a pair and by whether it said the same',
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

import { Counter, Gauge, Registry } from 'prom-client';
import { RequestTally } from './request-tally';
import { tallyHistogram } from './tally-histogram';

/** Route templates and statuses are closed sets, so no request can make a new time series. */
export class ServingMetrics {
  readonly registry = new Registry();

  /** Answers by route. */
  readonly requests = new RequestTally();
  rowsPredicted = 0;

  readonly servedVersion = new Gauge({
    name: 'alder_served_version',
    help: 'The version that is served as the champion; 0 before the first; the lowest of several processes',
    aggregator: 'min',
    registers: [this.registry],
  });

  readonly badVersions = new Counter({
    name: 'alder_bad_versions_total',
    help: 'Versions that failed their checks and are not served',
    registers: [this.registry],
  });

  /** `stalenessMs` is read at each scrape: milliseconds since the registry was last seen. */
  constructor(stalenessMs: () => number) {
    const { registry, requests } = this;
    const rowsPredicted = () => this.rowsPredicted;
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
      tallyHistogram(
        'alder_http_request_seconds',
        'From the header of a request to the end of its answer',
        requests,
      ),
    );
    new Counter({
      name: 'alder_rows_predicted_total',
      help: 'Rows predicted',
      registers: [registry],
      collect() {
        this.reset();
        this.inc(rowsPredicted());
      },
    });
    new Gauge({
      name: 'alder_serving_processes',
      help: 'Processes in this scrape',
      registers: [registry],
    }).set(1);
    new Gauge({
      name: 'alder_registry_staleness_seconds',
      help: 'Time since the registry was last seen; the longest of several processes',
      aggregator: 'max',
      registers: [registry],
      collect() {
        this.set(stalenessMs() / 1_000);
      },
    });
  }
}

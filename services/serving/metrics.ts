import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Route templates and statuses are closed sets, so no request can make a new time series. */
export class ServingMetrics {
  readonly registry = new Registry();

  readonly requests = new Counter({
    name: 'alder_http_requests_total',
    help: 'HTTP requests answered',
    labelNames: ['route', 'status'] as const,
    registers: [this.registry],
  });

  readonly requestSeconds = new Histogram({
    name: 'alder_http_request_seconds',
    help: 'From the header of a request to the end of its answer',
    labelNames: ['route'] as const,
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10],
    registers: [this.registry],
  });

  readonly rowsPredicted = new Counter({
    name: 'alder_rows_predicted_total',
    help: 'Rows predicted',
    registers: [this.registry],
  });

  readonly servedVersion = new Gauge({
    name: 'alder_served_version',
    help: 'The version that is served as the champion; 0 before the first',
    registers: [this.registry],
  });

  readonly badVersions = new Counter({
    name: 'alder_bad_versions_total',
    help: 'Versions that failed their checks and are not served',
    registers: [this.registry],
  });

  /** `stalenessMs` is read at each scrape: milliseconds since the registry was last seen. */
  constructor(stalenessMs: () => number) {
    new Gauge({
      name: 'alder_registry_staleness_seconds',
      help: 'Time since the registry was last seen',
      registers: [this.registry],
      collect() {
        this.set(stalenessMs() / 1_000);
      },
    });
  }
}

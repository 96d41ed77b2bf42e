import type { Registry } from 'prom-client';
import { RequestTally } from './request-tally';
import { ShadowTally } from './shadow-tally';

/** What serving counts, as plain numbers. */
export class ServingMetrics {
  /** Answers by route. */
  readonly requests = new RequestTally();
  rowsPredicted = 0;
  /** The version that is served as the champion; 0 before the first. */
  servedVersion = 0;
  /** Versions that failed their checks and are not served. */
  badVersions = 0;
  /** What a shadow said of the same rows. */
  readonly shadow = new ShadowTally();
  private samples: Registry | null = null;

  /** `stalenessMs` gives the milliseconds since the registry was last seen. */
  constructor(readonly stalenessMs: () => number) {}

  /** For a scrape. prom-client is a tenth of a start and no answer needs it, so it is loaded with the first scrape. */
  get registry(): Registry {
    this.samples ??= (require('./metrics-registry') as typeof import('./metrics-registry')).registryOf(this);
    return this.samples;
  }
}

/**
 * Upper bounds of the buckets. A prediction of one row takes about a tenth of a millisecond, so the bounds go from a
 * twentieth of one to the longest time that most routes may take.
 */
export const BOUNDS_SECONDS = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10,
];

/** The Prometheus name of the request times, also for readers of another process's metrics. */
export const REQUEST_SECONDS = 'alder_http_request_seconds';

/** The counts of serving as plain numbers; prometheus.ts turns them into samples. */
export class ServingMetrics {
  /** Answers by route. */
  readonly requests = new RequestTally();
  rowsPredicted = 0;
  /** The version that is served as the champion; 0 before the first. */
  servedVersion = 0;
  /** Versions that failed their checks and are not served. */
  badVersions = 0;
  /** Agreements between served versions and shadows. */
  readonly shadow = new ShadowTally();

  /** `stalenessMs` gives the milliseconds since the registry was last seen. */
  constructor(readonly stalenessMs: () => number) {}
}

/** The answers of one route. */
export class RouteTally {
  readonly byStatus = new Map<number, number>();
  /**
   * Answers within each bound and above the bound before it, not cumulative; shape [BOUNDS_SECONDS.length + 1], the
   * last place for answers above all bounds.
   */
  readonly buckets = new Float64Array(BOUNDS_SECONDS.length + 1);
  secondsTotal = 0;

  count(status: number): void {
    this.byStatus.set(status, (this.byStatus.get(status) ?? 0) + 1);
  }

  time(seconds: number): void {
    this.secondsTotal += seconds;
    let bucket = 0;
    while (bucket < BOUNDS_SECONDS.length && seconds > BOUNDS_SECONDS[bucket]!) bucket++;
    this.buckets[bucket]! += 1;
  }
}

/**
 * Counts and times of all routes. prom-client would find a label by sorting and joining names for every count. Here a
 * route counts in numbers of its own, which become samples at a scrape.
 */
export class RequestTally {
  private readonly routes = new Map<string, RouteTally>();

  of(route: string): RouteTally {
    let tally = this.routes.get(route);
    if (tally === undefined) {
      tally = new RouteTally();
      this.routes.set(route, tally);
    }
    return tally;
  }

  entries(): Iterable<[route: string, tally: RouteTally]> {
    return this.routes;
  }
}

/** The number of rows for which two versions gave the same class, and of those for which they did not. */
export interface ShadowPair {
  readonly served: number;
  readonly shadow: number;
  readonly agreed: number;
  readonly disagreed: number;
}

type CountedPair = { -readonly [Field in keyof ShadowPair]: ShadowPair[Field] };

/** Versions come and go; the pairs that were counted longest ago are dropped. */
export const SHADOW_PAIRS_MAX = 16;

/** Agreements of pairs of versions, the newest pair last. */
export class ShadowTally {
  private readonly counted: CountedPair[] = [];

  get pairs(): readonly ShadowPair[] {
    return this.counted;
  }

  count(served: number, shadow: number, agreed: number, disagreed: number): void {
    const newest = this.counted.at(-1);
    const isNewest = newest?.served === served && newest.shadow === shadow;
    const pair = isNewest ? newest : this.moveToEnd(served, shadow);
    pair.agreed += agreed;
    pair.disagreed += disagreed;
  }

  /** Makes a pair the newest and keeps its counts. */
  private moveToEnd(served: number, shadow: number): CountedPair {
    const { counted } = this;
    const at = counted.findIndex((pair) => pair.served === served && pair.shadow === shadow);
    const [pair = { served, shadow, agreed: 0, disagreed: 0 }] = at < 0 ? [] : counted.splice(at, 1);
    counted.push(pair);
    if (counted.length > SHADOW_PAIRS_MAX) counted.shift();
    return pair;
  }
}

/** Adds up the pairs of several processes. */
export function mergedPairs(all: readonly (readonly ShadowPair[])[]): readonly ShadowPair[] {
  const merged = new ShadowTally();
  for (const { served, shadow, agreed, disagreed } of all.flat())
    merged.count(served, shadow, agreed, disagreed);
  return merged.pairs;
}

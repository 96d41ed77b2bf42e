/**
 * Upper bounds of the buckets, from a twentieth of a millisecond, since a prediction of one row takes about a tenth, to
 * the longest that most routes may take.
 */
export const BOUNDS_SECONDS = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10,
];

/** What was answered under one route, as plain numbers. */
export class RouteTally {
  readonly byStatus = new Map<number, number>();
  /** Answers within each bound and above the one before; the last place is for those above all. Not cumulative. */
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
 * Counts and times of all routes. prom-client finds the place of a label by sorting and joining names, at every count
 * anew; here a route counts in numbers of its own, which become samples when somebody scrapes.
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

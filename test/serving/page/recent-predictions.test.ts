import fc from 'fast-check';
import { ownCounts, reportedCounts, summedCounts } from '../../../services/serving/metrics/prediction-counts';
import { prometheusOf } from '../../../services/serving/metrics/prometheus';
import {
  BOUNDS_SECONDS,
  RequestTally,
  ServingMetrics,
} from '../../../services/serving/metrics/serving-metrics';
import { percentileMs, RecentPredictions } from '../../../services/serving/page/recent-predictions';

const ROUTES = [
  '/serve_decision_tree',
  '/models/serve/:model/:selector',
  '/v2/models/:model/infer',
  '/metrics',
];

function counts(...byBucket: [bucket: number, count: number][]): number[] {
  const counts = new Array<number>(BOUNDS_SECONDS.length + 1).fill(0);
  for (const [bucket, count] of byBucket) counts[bucket] = count;
  return counts;
}

test('prediction counts include only routes that predict', () => {
  const tally = new RequestTally();
  for (const route of ROUTES) tally.of(route).time(0.0002);
  expect(ownCounts(tally)).toEqual(counts([2, 3]));
});

test('the counts from a reported process equal its own counts', async () => {
  const seconds = fc.oneof(fc.constantFrom(...BOUNDS_SECONDS), fc.double({ min: 0, max: 20, noNaN: true }));
  const times = fc.array(fc.record({ route: fc.constantFrom(...ROUTES), seconds }));
  await fc.assert(
    fc.asyncProperty(times, async (times) => {
      const metrics = new ServingMetrics(() => 0);
      for (const { route, seconds } of times) metrics.requests.of(route).time(seconds);
      const reported = JSON.parse(JSON.stringify(await prometheusOf(metrics).getMetricsAsJSON()));
      expect(reportedCounts(reported)).toEqual([...ownCounts(metrics.requests)]);
    }),
    { seed: 7, numRuns: 50 },
  );
});

test('counts of several processes add up bucket by bucket', () => {
  expect(summedCounts([counts([0, 1], [3, 2]), counts([3, 5])])).toEqual(counts([0, 1], [3, 7]));
  expect(summedCounts([])).toEqual(counts());
});

describe('percentileMs', () => {
  test('a percentile is interpolated within its bucket', () => {
    // 90 answers within 0.05 ms, 10 more within 0.1 ms: the 99th of 100 is nine tenths into the second bucket.
    expect(percentileMs(counts([0, 90], [1, 10]), 0.99)).toBeCloseTo(0.05 + 0.9 * 0.05);
    expect(percentileMs(counts([0, 100]), 0.5)).toBeCloseTo(0.5 * 0.05);
  });

  test('a percentile skips buckets without an answer', () => {
    expect(percentileMs(counts([0, 50], [5, 50]), 0.75)).toBeCloseTo(1 + 0.5 * 1.5);
  });

  test('a percentile above the last bound is that bound', () => {
    expect(percentileMs(counts([BOUNDS_SECONDS.length, 3]), 0.99)).toBe(10_000);
  });

  test('a percentile of no answers is null', () => {
    expect(percentileMs(counts(), 0.99)).toBeNull();
  });
});

describe('RecentPredictions', () => {
  const sample = (second: number, answers: number, processes = 1) => ({
    atMs: second * 1_000,
    processes,
    counts: counts([0, answers]),
  });

  test('recent predictions have no figures before the first sample, and no rate before the second', () => {
    const window = new RecentPredictions();
    expect(window.figures()).toBeNull();
    window.add(sample(0, 7));
    expect(window.figures()).toEqual({ processes: 1, requests: 7, requestsPerSecond: null, p99Ms: null });
  });

  test('answers from more than ten seconds ago count only in the total', () => {
    const window = new RecentPredictions();
    for (let second = 0; second <= 20; second++) window.add(sample(second, Math.min(second, 15) * 10));
    expect(window.figures()).toMatchObject({ requests: 150, requestsPerSecond: 5 });
  });

  test.each([
    ['another number of processes', sample(2, 20, 2)],
    ['lower counts, as of a process that was replaced', sample(2, 4)],
  ])('recent predictions start anew after %s', (_what, next) => {
    const window = new RecentPredictions();
    for (const each of [sample(0, 0), sample(1, 10), next]) window.add(each);
    expect(window.figures()?.requestsPerSecond).toBeNull();
  });
});

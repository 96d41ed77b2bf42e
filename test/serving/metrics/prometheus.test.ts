import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { tallyHistogram } from '../../../services/serving/metrics/prometheus';
import { BOUNDS_SECONDS, RequestTally } from '../../../services/serving/metrics/serving-metrics';

const SECONDS = fc.oneof(fc.constantFrom(...BOUNDS_SECONDS), fc.double({ min: 0, max: 20, noNaN: true }));
const TIMES = fc.array(fc.record({ route: fc.constantFrom('/a', '/b'), seconds: SECONDS }), { minLength: 1 });

test('a tally prints the same samples as a histogram of prom-client', async () => {
  await fc.assert(
    fc.asyncProperty(TIMES, async (times) => {
      const plain = new Registry();
      const histogram = new Histogram({
        name: 'seconds',
        help: 'h',
        labelNames: ['route'],
        buckets: BOUNDS_SECONDS,
        registers: [plain],
      });
      const tally = new RequestTally();
      const tallied = new Registry();
      tallied.registerMetric(tallyHistogram('seconds', 'h', tally));
      for (const { route, seconds } of times) {
        histogram.observe({ route }, seconds);
        tally.of(route).time(seconds);
      }
      expect(await tallied.metrics()).toBe(await plain.metrics());
    }),
    { seed: 5, numRuns: 50 },
  );
});

test('a route without a timed request has no histogram', async () => {
  const tally = new RequestTally();
  tally.of('refused').count(400);
  const registry = new Registry();
  registry.registerMetric(tallyHistogram('seconds', 'h', tally));
  expect(await registry.metrics()).not.toContain('refused');
});

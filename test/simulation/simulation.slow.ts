import { reproduce } from './main';
import { simulate } from './simulate';

/** The seeds of `npm test` come first, so that the counts below cover all of them. */
const SEEDS = 300;
const PATIENCE_MS = 120_000;

/** Faults and recoveries that must each happen in some seed. */
const MUST_HAPPEN = [
  'killed',
  'frozen',
  'stopped',
  'outage',
  'request-lost',
  'gave-up',
  'died-with-caller',
  'delivered-again',
  'jumped',
  'control-record',
  'retention',
  'window-shortened',
  'partition-added',
  'append-rejected',
  'answer-refit',
  'publish-already',
  'publish-fenced',
  'publish-beaten',
  'publish-held',
  'publish-champion-moved',
  'ended-log-range-gone',
  'hold-moved',
  'pointOwn-moved',
  'pointOwn-stale',
  'release-moved',
  'rollBack-moved',
  'rollBack-stale',
  'retired',
  'retired-by-age',
];

test(
  `every guarantee holds in ${SEEDS} seeds, and every fault happened in some of them`,
  async () => {
    const happened = new Set<string>();
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { violations, counts, tail } = await simulate(seed);
      for (const what of counts.keys()) happened.add(what);
      if (violations.length > 0) {
        throw new Error(`seed ${seed}: ${violations.join('; ')}\nagain: ${reproduce(seed)}\n\n${tail}`);
      }
    }
    expect(MUST_HAPPEN.filter((what) => !happened.has(what))).toEqual([]);
  },
  PATIENCE_MS,
);

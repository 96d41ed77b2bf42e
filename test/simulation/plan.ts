import { resolveSettings, type Settings } from '../../shared/settings/settings';
import { Dice } from './dice';
import type { Weather } from './network';

/** What retention deletes in a run: nothing, messages that were read, or messages that were not yet read. */
export type Retention = 'none' | 'window' | 'loss';

/** The decisions that the seed makes before the run begins. */
export interface Plan {
  readonly seed: number;
  readonly settings: Settings;
  readonly partitions: number;
  readonly trainers: number;
  /** Duration of the phase with faults and messages; the healing phase follows. */
  readonly chaosMs: number;
  readonly weather: Weather;
  readonly retention: Retention;
  /** Mean time between two crashes, pauses, stops and outages. */
  readonly troubleEveryMs: number;
  readonly messages: number;
  readonly badLineShare: number;
  readonly refitRequests: number;
  /** Actions of a person: none; pinning the first champion; or also releasing it, rolling back and moving other aliases. */
  readonly person: 'away' | 'holds' | 'wavers';
  readonly controlRecords: number;
  readonly addedPartitions: number;
  readonly fitMsMax: number;
}

export function planOf(seed: number): Plan {
  const dice = new Dice(seed, 'plan');
  const batchRows = dice.between(1, 8);
  const settings = resolveSettings(
    {
      windowRows: dice.pick([3, 8, 20, 60]),
      batchRows,
      batchRowsMax: batchRows * dice.between(1, 3),
      batchWaitMs: dice.pick([50, 300, 1_000, 3_600_000]),
      leaseMs: dice.pick([700, 1_500]),
      holdoutShare: dice.pick([0, 0.2, 0.2, 0.5]),
      maxDepth: dice.pick([2, 64]),
      minLeafRows: dice.between(1, 3),
      promotion: dice.pick(['gated', 'gated', 'immediate', 'manual']),
      keepVersions: dice.pick([1, 2, 100]),
      keepVersionsMs: dice.pick([0, 0, 500, 4_000]),
    },
    {},
  );
  const storm = dice.pick([0, 0.02, 0.06]);
  // Late requests do harm only in rare sequences of calls, so some seeds have many of them.
  const lateness = dice.pick([storm, storm, 0.2]);
  return {
    seed,
    settings,
    partitions: dice.between(1, 3),
    trainers: dice.pick([1, 2, 2, 3]),
    chaosMs: dice.between(8_000, 14_000),
    weather: {
      delayMsMax: dice.pick([5, 30, 120]),
      lostRequests: storm,
      lostReplies: storm,
      lateRequests: lateness,
      twice: lateness,
      oddReads: dice.pick([0, 0.1, 0.3]),
    },
    retention: dice.pick(['none', 'none', 'none', 'window', 'window', 'loss']),
    troubleEveryMs: dice.pick([1_000, 2_500, 6_000]),
    messages: dice.between(10, 50),
    badLineShare: dice.pick([0, 0.1, 0.3]),
    refitRequests: dice.pick([0, 3, 12]),
    person: dice.pick(['away', 'holds', 'wavers']),
    controlRecords: dice.between(0, 3),
    addedPartitions: dice.pick([0, 0, 1]),
    fitMsMax: dice.pick([1, 100, 800]),
  };
}

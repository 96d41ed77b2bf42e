import { numbersFrom } from '../../../bench/harness/random';

export const TARGETS = [
  'broker',
  'redis',
  'trainer-1',
  'trainer-2',
  'producer',
  'serving-1',
  'serving-2',
] as const;
export type TargetName = (typeof TARGETS)[number];

/** `kill`: kill -9 and a later start. `freeze`: SIGSTOP and a later SIGCONT. `restart`: a graceful stop and a start at once. */
export const FAULT_KINDS = ['kill', 'freeze', 'restart'] as const;
type FaultKind = (typeof FAULT_KINDS)[number];

/** One fault of one target. */
export interface PlannedFault {
  readonly kind: FaultKind;
  /** Time since the end of the target's last fault, or since the start. */
  readonly afterMs: number;
  /** How long the target stays dead or stopped; 0 for a restart, whose duration is not planned. */
  readonly lastsMs: number;
}

interface Habit {
  readonly afterMs: readonly [min: number, max: number];
  readonly lastsMs: readonly [min: number, max: number];
}

/** The longest outages exceed the lease, every client timeout and the reconnect delay. */
const ROLE: Habit = { afterMs: [3_000, 20_000], lastsMs: [100, 6_000] };

/**
 * A broker needs up to half a minute to restart on a busy machine, so its faults are rarer; otherwise the log would be
 * away most of the time. Every outage is well below the minute after which a role gives up on a server.
 */
const HABITS: Readonly<Record<TargetName, Habit>> = {
  broker: { afterMs: [15_000, 40_000], lastsMs: [500, 10_000] },
  redis: { afterMs: [5_000, 25_000], lastsMs: [100, 6_000] },
  'trainer-1': ROLE,
  'trainer-2': ROLE,
  producer: ROLE,
  'serving-1': ROLE,
  'serving-2': ROLE,
};

/**
 * The endless sequence of faults of a target: all kinds in a random order, again and again. It is a pure function of seed
 * and target, so that a seed gives the same faults independent of their durations. Faults of one target never overlap;
 * faults of different targets may.
 */
export function* faultsOf(target: TargetName, seed: number): Generator<PlannedFault, never> {
  const random = numbersFrom(seed * 7_919 + TARGETS.indexOf(target));
  const between = ([min, max]: Habit['afterMs']) => Math.round(min + random() * (max - min));
  const habit = HABITS[target];
  for (;;) {
    const kinds: FaultKind[] = [...FAULT_KINDS];
    while (kinds.length > 0) {
      const [kind] = kinds.splice(Math.floor(random() * kinds.length), 1) as [FaultKind];
      const afterMs = between(habit.afterMs);
      const lastsMs = between(habit.lastsMs);
      yield { kind, afterMs, lastsMs: kind === 'restart' ? 0 : lastsMs };
    }
  }
}

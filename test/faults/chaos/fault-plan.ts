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

/** kill -9 and a later start; SIGSTOP and a later SIGCONT; an end in order and a start at once. */
export const FAULT_KINDS = ['kill', 'freeze', 'restart'] as const;
type FaultKind = (typeof FAULT_KINDS)[number];

/** One fault of one target. */
export interface PlannedFault {
  readonly kind: FaultKind;
  /** Since the target's last fault was over, or since the beginning. */
  readonly afterMs: number;
  /** How long it stays dead or stopped; 0 for a restart, which takes as long as it takes. */
  readonly lastsMs: number;
}

interface Habit {
  readonly afterMs: readonly [min: number, max: number];
  readonly lastsMs: readonly [min: number, max: number];
}

/** Up to well past the lease, each timeout of a client and the wait of a reconnect. */
const ROLE: Habit = { afterMs: [3_000, 20_000], lastsMs: [100, 6_000] };

/**
 * A broker takes up to half a minute to come back on a busy machine, so it rests longer: nothing else would be seen of
 * a pipeline whose log is away most of the time. No outage comes near the minute after which a role gives up a server.
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
 * What happens to a target, without end: each kind once, in some order, and then each once again. A pure function of
 * seed and target, so that a seed gives the same faults however long each of them takes. One target's faults never
 * overlap, while those of different targets do.
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

import { FAULT_KINDS, faultsOf, type PlannedFault, TARGETS, type TargetName } from './fault-plan';

const SEEDS = 200;
const TEN_MINUTES_MS = 600_000;
/** How long a role waits for a server before it fails. */
const PATIENCE_MS = 60_000;

function faultsWithin(ms: number, target: TargetName, seed: number): PlannedFault[] {
  const faults: PlannedFault[] = [];
  let atMs = 0;
  for (const fault of faultsOf(target, seed)) {
    atMs += fault.afterMs;
    if (atMs >= ms) return faults;
    faults.push(fault);
    atMs += fault.lastsMs;
  }
  return faults;
}

test('a seed gives the same faults each time, and another seed gives different ones', () => {
  for (const target of TARGETS) {
    const faults = faultsWithin(TEN_MINUTES_MS, target, 7);
    expect(faultsWithin(TEN_MINUTES_MS, target, 7)).toEqual(faults);
    expect(faultsWithin(TEN_MINUTES_MS, target, 8)).not.toEqual(faults);
  }
});

test('no two targets break at the same moments', () => {
  const plans = TARGETS.map((target) => JSON.stringify(faultsWithin(TEN_MINUTES_MS, target, 7)));
  expect(new Set(plans).size).toBe(TARGETS.length);
});

test('ten minutes of any seed break every target with every fault', () => {
  for (let seed = 0; seed < SEEDS; seed++)
    for (const target of TARGETS) {
      const kinds = new Set(faultsWithin(TEN_MINUTES_MS, target, seed).map(({ kind }) => kind));
      expect([seed, target, [...kinds].sort()]).toEqual([seed, target, [...FAULT_KINDS].sort()]);
    }
});

test('every outage is shorter than the time that a role waits for a server', () => {
  const seeds = Array.from({ length: SEEDS }, (_, seed) => seed);
  const faults = seeds.flatMap((seed) =>
    TARGETS.flatMap((target) => faultsWithin(TEN_MINUTES_MS, target, seed)),
  );
  expect(Math.max(...faults.map(({ lastsMs }) => lastsMs))).toBeLessThan(PATIENCE_MS / 3);
});

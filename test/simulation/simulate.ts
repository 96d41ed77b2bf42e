import { calmRun, differsFromCalm } from './calm-run';
import { makeTrouble } from './chaos';
import { type Plan, planOf } from './plan';
import { runUntil } from './run-until';
import { Trainers } from './trainers';
import { differences, hasReadAll, rowsLeft } from './verdict';
import { askForRefit, scheduleWorkload } from './workload';
import { type Mutant, World } from './world';

/** The result of one seed. */
export interface Run {
  readonly seed: number;
  /** Hex sha256 of the whole history: the same for every run of a seed. */
  readonly digest: string;
  readonly violations: readonly string[];
  readonly versions: number;
  /** How often each event happened. */
  readonly counts: ReadonlyMap<string, number>;
  /** The last events, as text. */
  readonly tail: string;
}

/** The bound on answers after healing: a lease expires, and a trainer resumes, reads and fits. */
const HEALING_MS_MAX = 30_000;
/** Requests in flight at the end arrive within this time and must change nothing. */
const AFTERMATH_MS = 8_000;

/** Runs one seed: faults, healing, verdict. `tailLines` is the length of `tail`. */
export async function simulate(seed: number, mutant: Mutant = {}, tailLines?: number): Promise<Run> {
  const plan = planOf(seed);
  const world = new World(plan, mutant, tailLines);
  const trainers = new Trainers(world);
  const { scheduler, violations, witness, trace } = world;
  scheduleWorkload(world);
  for (const slot of trainers.slots) scheduler.after(world.dice.below(500), () => trainers.start(slot));
  makeTrouble(world, trainers);
  await runUntil(world, plan.chaosMs, () => false);
  await heal(world, trainers);
  if (violations.length === 0) await judge(world, isStoppedByLoss(plan, trainers));
  for (const { process } of trainers.slots) process?.kill();
  const tail = trace.tail();
  const versions = witness.published.length;
  return { seed, digest: trace.digest(), violations, versions, counts: trace.counts, tail };
}

/** Ends all faults and waits until every refit request is answered, including one that is made here. */
async function heal(world: World, trainers: Trainers): Promise<void> {
  const { scheduler, plan, refits, network } = world;
  world.heal();
  for (const { process } of trainers.slots) if (process !== null) trainers.thaw(process);
  const asked = askForRefit(world);
  let isAsked = false;
  void asked.then(() => {
    isAsked = true;
  });
  const isDone = () => (isAsked && refits.waitingTickets === 0) || isStoppedByLoss(plan, trainers);
  await runUntil(world, scheduler.nowMs + HEALING_MS_MAX, isDone);
  if (!isDone() && world.violations.length === 0) {
    world.accuse(`${refits.waitingTickets} requests were not answered`);
  }
  await runUntil(world, scheduler.nowMs + AFTERMATH_MS, () => network.lateRequests === 0);
}

/** Whether every trainer stopped because retention deleted rows before they were read. */
function isStoppedByLoss({ retention }: Plan, { slots }: Trainers): boolean {
  const isLost = slots.every(({ process, lastError }) => process === null && lastError === 'log-range-gone');
  return retention === 'loss' && isLost;
}

async function judge(world: World, isStopped: boolean): Promise<void> {
  const { topic, plan, witness } = world;
  for (const difference of differences(topic, plan.settings, witness.published)) world.accuse(difference);
  const newest = witness.published.at(-1)?.record ?? null;
  if (isStopped) {
    const isLost = newest?.lineage.some(({ partition, next }) => topic.earliest(partition) > Number(next));
    if (isLost !== true) world.accuse('the trainers stopped for a loss that did not happen');
    return;
  }
  for (const left of rowsLeft(topic, plan.settings, newest)) world.accuse(left);
  if (plan.retention === 'none' && newest !== null && hasReadAll(topic, newest)) {
    for (const difference of differsFromCalm(newest, await calmRun(plan, topic))) world.accuse(difference);
  }
}

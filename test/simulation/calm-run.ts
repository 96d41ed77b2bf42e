import type { VersionRecord } from '../../shared/model-registry/version-record';
import { CALM } from './network';
import type { Plan } from './plan';
import { runUntil } from './run-until';
import type { SimulatedTopic } from './simulated-topic';
import { Trainers } from './trainers';
import { askForRefit } from './workload';
import { World } from './world';

const CALM_MS_MAX = 60_000;

/** The newest record of an undisturbed trainer that reads the same topic in one mini-batch. */
export async function calmRun(plan: Plan, topic: SimulatedTopic): Promise<VersionRecord | null> {
  const rows = topic.sent.reduce((sum, sent) => sum + sent.rows.length, 0);
  const settings = { ...plan.settings, batchRows: rows + 1, batchRowsMax: rows + 1 };
  const world = new World({ ...plan, settings, trainers: 1, weather: CALM });
  await topic.repeatOn(world.topic);
  world.heal();
  const trainers = new Trainers(world);
  for (const slot of trainers.slots) trainers.start(slot);
  void askForRefit(world);
  const isAnswered = () => world.registry.store.state.answered !== null;
  await runUntil(world, CALM_MS_MAX, isAnswered);
  for (const { process } of trainers.slots) process?.kill();
  return world.witness.published.at(-1)?.record ?? null;
}

/** The fields in which the newest version of a run with faults differs from that of the calm run. */
export function differsFromCalm(newest: VersionRecord, calm: VersionRecord | null): string[] {
  const isSame = newest.rows.digest === calm?.rows.digest && newest.tree.digest === calm.tree.digest;
  return isSame
    ? []
    : [`version ${newest.version} at the end of the log is not the one of a run without faults`];
}

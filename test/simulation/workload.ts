import {
  type Expected,
  pointAlias,
  releaseChampion,
  rollBack,
} from '../../shared/model-registry/alias-changes';
import { CHAMPION } from '../../shared/model-registry/aliases';
import { Dice } from './dice';
import { drawLines } from './rows';
import { SimulatedModelRegistry } from './simulated-model-registry';
import type { World } from './world';

const PERSONS_TRIES = 8;

/** Schedules the external events during the faults: messages, refit requests and alias moves by a person. */
export function scheduleWorkload(world: World): void {
  const { plan, topic, scheduler } = world;
  const dice = new Dice(plan.seed, 'workload');
  const { log } = topic;
  const often = (times: number, act: () => void | Promise<void>) => {
    for (let i = 0; i < times; i++) scheduler.after(dice.below(plan.chaosMs), () => void act());
  };
  const anyPartition = () => dice.below(log.ends().length);
  const send = () => {
    const drift = scheduler.nowMs > plan.chaosMs / 2 ? 1 : 0;
    return topic.append(anyPartition(), drawLines(dice, plan.badLineShare, drift));
  };
  const backlog = dice.below(plan.messages);
  for (let i = 0; i < backlog; i++) scheduler.after(0, () => void send());
  often(plan.messages - backlog, send);
  often(plan.controlRecords, () => {
    world.note('log', 'control-record');
    return topic.appendControlRecord(anyPartition());
  });
  often(plan.addedPartitions, () => topic.addPartition());
  if (plan.retention === 'window') often(3, () => shortenWindow(world, dice));
  if (plan.retention === 'loss') scheduleLoss(world, dice);
  often(plan.refitRequests, () => askForRefit(world));
  if (plan.person !== 'away') often(PERSONS_TRIES, () => changeWhatIsLive(world, dice));
}

/** Requests a refit as serving does; a request with an unknown outcome may have been registered. */
export async function askForRefit(world: World): Promise<void> {
  const client = handleOf(world, 'client');
  await client.askForRefit().catch(() => undefined);
}

/** Retention deletes messages that the newest version has read. */
function shortenWindow(world: World, dice: Dice): void {
  const newest = world.witness.published.at(-1)?.record;
  if (newest === undefined) return;
  const { partition, next } = dice.pick(newest.lineage);
  deleteBelow(world, partition, dice.between(world.topic.earliest(partition), Number(next)));
}

/** Retention deletes a message before the trainer has read it; another message stays. */
function scheduleLoss(world: World, dice: Dice): void {
  const { topic, network, plan, scheduler } = world;
  const dueMs = dice.below(plan.chaosMs);
  let isDone = false;
  network.around.push(async (_, what, when) => {
    const newest = world.witness.published.at(-1)?.record;
    if (
      isDone ||
      world.isHealed ||
      what !== 'fetch' ||
      when !== 'after' ||
      scheduler.nowMs < dueMs ||
      newest === undefined
    )
      return;
    isDone = true;
    const { partition } = dice.pick(newest.lineage);
    for (let i = 0; i < 2; i++) await topic.append(partition, drawLines(dice, plan.badLineShare, 0));
    deleteBelow(world, partition, topic.ends()[partition]! - 1);
  });
}

function deleteBelow(world: World, partition: number, earliest: number): void {
  if (earliest <= world.topic.earliest(partition)) return;
  world.note('log', 'retention', `${partition}/${earliest}`);
  world.topic.deleteBelow(partition, earliest);
}

/** Aliases that only a person moves. */
const OWN_ALIASES = ['stable', 'challenger'];

/** Moves an alias as the command line does, often twice in a row. */
async function changeWhatIsLive(world: World, dice: Dice): Promise<void> {
  const registry = handleOf(world, 'person');
  const by = { name: 'person', reason: 'simulated', at: 'now' };
  const isHeldForGood = async () =>
    world.plan.person === 'holds' && (await registry.loadState()).aliases[CHAMPION]?.held === true;
  try {
    do {
      const versions = await registry.listVersions();
      if (versions.length === 0) return;
      const version = dice.pick(versions);
      const point = (alias: string, expected: Expected = 'any') =>
        pointAlias(registry, { alias, version, expected }, by);
      const pointOwn = () => point(dice.pick(OWN_ALIASES), dice.pick([0, 'any'] as const));
      const hold = () => point(CHAMPION);
      const changes = {
        hold,
        pointOwn,
        release: () => releaseChampion(registry, 'any', by),
        rollBack: () => rollBack(registry, 'any', by),
      };
      const mayChoose =
        world.plan.person === 'wavers'
          ? (['hold', 'pointOwn', 'release', 'rollBack'] as const)
          : ([(await isHeldForGood()) ? 'pointOwn' : 'hold'] as const);
      const what = dice.pick<keyof typeof changes>(mayChoose);
      const { outcome } = await changes[what]();
      world.note('person', `${what}-${outcome}`);
    } while (dice.chance(0.6));
  } catch {
    // The registry is unreachable or there is no previous champion; the person gives up.
  }
}

function handleOf(world: World, name: string): SimulatedModelRegistry {
  const { network, services, registry } = world;
  return new SimulatedModelRegistry(world.newProcess(name), network, services.registry, registry);
}

import type { Slot, Trainers } from './trainers';
import type { World } from './world';

/** Share of publishes and appends of rejected rows during which the caller dies, just before or just after. */
const DEADLY_SHARE = 0.03;
const DEADLY_CALLS = new Set(['publish', 'append-rejected', 'take-lease', 'answer-refit', 'mirror']);

/** Schedules the faults of the plan: crashes, pauses beyond the lease, stops and outages. */
export function makeTrouble(world: World, trainers: Trainers): void {
  const { plan, scheduler, network, dice } = world;
  network.around.push((caller, what) => {
    const slot = trainers.slotOf(caller);
    if (world.isHealed || slot === null || !DEADLY_CALLS.has(what) || !dice.chance(DEADLY_SHARE)) return;
    trainers.kill(slot);
  });
  const next = () => {
    scheduler.after(1 + dice.below(2 * plan.troubleEveryMs), () => {
      if (world.isHealed) return;
      troubleOnce(world, trainers, someSlot(world, trainers));
      next();
    });
  };
  next();
}

/** Mostly the active trainer, since a fault of a standby has little effect. */
function someSlot({ dice, registry }: World, { slots }: Trainers): Slot {
  const { lease } = registry.store.state;
  const active = slots.find(({ process }) => process !== null && process.name === lease?.holder);
  return active !== undefined && dice.chance(0.6) ? active : dice.pick(slots);
}

function troubleOnce(world: World, trainers: Trainers, slot: Slot): void {
  const { plan, dice } = world;
  const trouble = dice.pick(['kill', 'freeze', 'freeze', 'stop', 'log', 'registry'] as const);
  if (trouble === 'kill') trainers.kill(slot);
  else if (trouble === 'freeze') trainers.freeze(slot, dice.below(2 * plan.settings.leaseMs));
  else if (trouble === 'stop') trainers.stop(slot);
  else away(world, trouble);
}

function away(world: World, name: 'log' | 'registry'): void {
  const service = world.services[name];
  if (service.isAway) return;
  service.isAway = true;
  world.note(name, 'outage');
  world.scheduler.after(world.dice.below(world.dice.pick([500, 3_000])), () => {
    service.isAway = false;
  });
}

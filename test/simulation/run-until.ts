import type { World } from './world';

const STEPS_MAX = 200_000;

/** Steps until a moment, a condition or the first violation. */
export async function runUntil(world: World, untilMs: number, isDone: () => boolean): Promise<void> {
  const { scheduler, violations } = world;
  let isOver = false;
  const cancel = scheduler.after(untilMs - scheduler.nowMs, () => {
    isOver = true;
  });
  for (let steps = 0; !isOver && violations.length === 0 && !isDone(); steps++) {
    if (steps > STEPS_MAX) return world.accuse('the run does not come to an end');
    await scheduler.step();
  }
  cancel();
}

import { EventEmitter } from 'node:events';
import { runTrainer } from '../../services/trainer/term/trainer';
import type { TrainerContext } from '../../services/trainer/term/trainer-context';
import { exactEngine } from '../../shared/engine/exact/fit-exact';
import { isAlderError } from '../../shared/errors';
import { IRIS_SCHEMA } from './rows';
import { simulatedFitter } from './simulated-fitter';
import { SimulatedModelRegistry } from './simulated-model-registry';
import type { SimulatedProcess } from './simulated-process';
import { SimulatedRowLog } from './simulated-row-log';
import type { World } from './world';

/** A trainer under supervision: its process is restarted when it ends. */
export interface Slot {
  process: SimulatedProcess | null;
  stop: () => void;
  /** The error that ended the last process; null when it was killed or stopped. */
  lastError: string | null;
}

const RESTART_MS_MAX = 600;

/** Starts, kills, freezes and stops the trainers of a world. */
export class Trainers {
  readonly slots: Slot[];
  private started = 0;

  constructor(private readonly world: World) {
    this.slots = Array.from({ length: world.plan.trainers }, () => ({
      process: null,
      stop: () => undefined,
      lastError: null,
    }));
  }

  start(slot: Slot): void {
    const { world } = this;
    const process = world.newProcess(`trainer-${++this.started}`);
    const stopping = new AbortController();
    slot.process = process;
    slot.stop = () => process.after(0, () => stopping.abort());
    world.note(process.name, 'started');
    const end = (lastError: string | null) => {
      if (!process.isAlive) return;
      slot.lastError = lastError;
      this.gone(slot, lastError === null ? 'ended' : `ended-${lastError}`);
    };
    runTrainer(this.contextOf(slot, process), stopping.signal).then(
      () => end(null),
      (error) => end(isAlderError(error) ? error.code : String(error)),
    );
  }

  /** kill -9: the memory is lost, and calls in flight may or may not arrive. */
  kill(slot: Slot): void {
    if (slot.process === null) return;
    slot.lastError = null;
    this.gone(slot, 'killed');
  }

  /** SIGTERM: the trainer releases the lease and ends. */
  stop(slot: Slot): void {
    if (slot.process !== null) this.world.note(slot.process.name, 'stopped');
    slot.stop();
  }

  /** SIGSTOP, and SIGCONT after a while. */
  freeze(slot: Slot, ms: number): void {
    const { process } = slot;
    if (process === null || process.isFrozen) return;
    this.world.note(process.name, 'frozen', String(ms));
    process.freeze();
    this.world.scheduler.after(ms, () => this.thaw(process));
  }

  thaw(process: SimulatedProcess): void {
    if (!process.isAlive || !process.isFrozen) return;
    this.world.note(process.name, 'thawed');
    process.thaw();
  }

  slotOf(process: SimulatedProcess): Slot | null {
    return this.slots.find((slot) => slot.process === process) ?? null;
  }

  private gone(slot: Slot, how: string): void {
    this.world.note(slot.process!.name, how);
    slot.process!.kill();
    slot.process = null;
    this.world.scheduler.after(this.world.dice.below(RESTART_MS_MAX), () => {
      if (slot.process === null && this.world.mayRestart(slot.lastError)) this.start(slot);
    });
  }

  private contextOf(slot: Slot, process: SimulatedProcess): TrainerContext {
    const { world } = this;
    const { network, services, topic, registry, plan, mirrors } = world;
    const tell = (code: string) => world.note(process.name, code);
    const context: TrainerContext = {
      rowLog: new SimulatedRowLog(process, network, services.log, topic.log, world.dice),
      registry: new SimulatedModelRegistry(process, network, services.registry, registry),
      mirror: mirrors.handle(process),
      schema: IRIS_SCHEMA,
      settings: plan.settings,
      engine: exactEngine,
      fitter: simulatedFitter(world, process, (ms) => this.freeze(slot, ms)),
      trainerId: process.name,
      codeVersion: 'simulated',
      clock: process.clock,
      log: { info: tell, warn: tell, error: tell },
      events: new EventEmitter(),
    };
    context.events.on('active', (newest, epoch) =>
      world.note(process.name, 'active', `${newest?.version} ${epoch}`),
    );
    return world.mutant.context?.(context) ?? context;
  }
}

import type { TrainerContext } from '../../services/trainer/term/trainer-context';
import { type publishOutcome, retiredVersions } from '../../shared/model-registry/registry-rules';
import { MemoryModelRegistry } from '../support/memory-model-registry';
import { AliasWitness } from './alias-witness';
import { Dice } from './dice';
import { CALM, Network, type Service } from './network';
import type { Plan } from './plan';
import { RefitWitness } from './refit-witness';
import { Scheduler } from './scheduler';
import { SimulatedMirrors } from './simulated-mirrors';
import { registryService } from './simulated-model-registry';
import { SimulatedProcess } from './simulated-process';
import { logService } from './simulated-row-log';
import { SimulatedTopic } from './simulated-topic';
import { Trace } from './trace';
import { VersionWitness } from './version-witness';

/** A trainer with one guard removed, to prove that the simulation detects it. */
export interface Mutant {
  readonly publishOutcome?: typeof publishOutcome;
  readonly retiredVersions?: typeof retiredVersions;
  readonly context?: (context: TrainerContext) => TrainerContext;
  /** Receives the committed offsets, which a correct trainer never reads. */
  readonly mirrors?: (mirrors: SimulatedMirrors) => void;
}

/** The parts of a run: time, network, services and witnesses. */
export class World {
  readonly dice: Dice;
  readonly trace: Trace;
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly services: { readonly log: Service; readonly registry: Service };
  readonly topic: SimulatedTopic;
  readonly registry: MemoryModelRegistry;
  readonly mirrors: SimulatedMirrors;
  readonly witness: VersionWitness;
  readonly refits: RefitWitness;
  /** The violated guarantees, in words. */
  readonly violations: string[] = [];
  isHealed = false;

  constructor(
    readonly plan: Plan,
    readonly mutant: Mutant = {},
    tailLines?: number,
  ) {
    this.trace = new Trace(tailLines);
    const { seed, weather, partitions, settings } = plan;
    this.dice = new Dice(seed, 'world');
    this.scheduler = new Scheduler(new Dice(seed, 'order'));
    this.network = new Network(this.scheduler, new Dice(seed, 'network'), this.trace, weather);
    this.services = { log: logService(), registry: registryService() };
    const { clock } = this.newProcess('services');
    this.topic = new SimulatedTopic(clock, partitions, settings.holdoutShare);
    this.registry = new MemoryModelRegistry('decisiontree', {
      clock,
      registryId: 'simulated',
      ...(mutant.publishOutcome === undefined ? {} : { publishOutcome: mutant.publishOutcome }),
      retiredVersions: (stored, state, keep) => {
        const retired = (mutant.retiredVersions ?? retiredVersions)(stored, state, keep);
        const byCount = new Set(retiredVersions(stored, state, { ...keep, keepFrom: 1 }));
        for (const version of retired)
          this.note('registry', byCount.has(version) ? 'retired' : 'retired-by-age', String(version));
        return retired;
      },
    });
    this.mirrors = new SimulatedMirrors(this.network, this.services.log);
    mutant.mirrors?.(this.mirrors);
    const { store } = this.registry;
    const accuse = (violation: string) => this.accuse(violation);
    this.witness = new VersionWitness(store, this.topic, accuse);
    this.refits = new RefitWitness(this.topic, this.witness.published, accuse);
    const aliases = new AliasWitness(store, accuse);
    let before = store.state;
    store.onChange(() => {
      aliases.observe(store.state);
      this.witness.observe(before, store.state);
      this.refits.observe(before, store.state);
      before = store.state;
    });
  }

  newProcess(name: string): SimulatedProcess {
    return new SimulatedProcess(name, this.scheduler, this.dice);
  }

  note(who: string, what: string, detail = ''): void {
    this.trace.add(this.scheduler.nowMs, who, what, detail);
  }

  accuse(violation: string): void {
    this.note('oracle', 'violation', violation);
    this.violations.push(violation);
  }

  heal(): void {
    this.isHealed = true;
    this.network.weather = CALM;
    this.services.log.isAway = false;
    this.services.registry.isAway = false;
    this.note('world', 'healed');
  }

  /**
   * Whether a trainer that ended by itself is restarted. A trainer that ended for lost rows after healing is not, since
   * a person must decide. When retention deletes only read messages, no trainer may end.
   */
  mayRestart(lastError: string | null): boolean {
    const { retention } = this.plan;
    if (lastError === null) return true;
    if (lastError === 'log-range-gone' && retention === 'loss') return !this.isHealed;
    this.accuse(`a trainer ended with ${lastError}`);
    return false;
  }
}

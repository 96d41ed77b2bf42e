import type { ModelRegistry } from '../../../shared/model-registry/model-registry';
import { waitUntil } from '../../kills/long-wait';
import { RowsInLog } from '../../kills/rows-in-log';
import { SeenVersions } from '../../kills/seen-versions';
import type { AlderProcesses } from '../../support/alder-process';
import { livePlace, type ScenarioPlace } from '../../support/scenario-places';
import { OwnBroker } from '../servers/own-broker';
import { OwnRedis } from '../servers/own-redis';
import type { Breakable } from './breakable';
import { breakableBroker, breakableRedis } from './breakable-servers';
import { type ChaosRoles, startRoles } from './chaos-roles';
import type { TargetName } from './fault-plan';
import { HistoryWitness } from './history-witness';
import { PredictionWitness } from './prediction-witness';
import type { Role } from './role';
import { ServedAnswers } from './served-answers';

const PARTITIONS = 3;
const ANSWERS_MS_MAX = 120_000;

/** A Kafka, a Redis, all roles of the product, and their witnesses. */
export class ChaosWorld {
  readonly rows: RowsInLog;
  readonly seen: SeenVersions;
  readonly answers = new ServedAnswers();
  readonly history: HistoryWitness;
  readonly predictions: readonly PredictionWitness[];

  private constructor(
    readonly broker: OwnBroker,
    private readonly redis: OwnRedis,
    readonly place: ScenarioPlace,
    readonly registry: ModelRegistry,
    readonly roles: ChaosRoles,
    seed: number,
  ) {
    this.rows = new RowsInLog(place.log);
    this.seen = new SeenVersions(registry);
    this.history = new HistoryWitness(this.rows, this.seen, () => roles.acknowledged());
    this.predictions = roles.servings.map((role, i) => new PredictionWitness(role, this.answers, seed + i));
  }

  static async start(alder: AlderProcesses, seed: number, forSeconds: number): Promise<ChaosWorld> {
    const [broker, redis] = await Promise.all([OwnBroker.start({ nodeId: 1 }), OwnRedis.start()]);
    const place = await livePlace({ kafkaBrokers: [broker.address], redisUrl: redis.url })(PARTITIONS);
    const registry = await place.registry(`${place.topic}-tried`);
    const roles = await startRoles(alder, place, registry.model, forSeconds);
    return new ChaosWorld(broker, redis, place, registry, roles, seed);
  }

  /** Resolves once both servers have answered predictions: a server that never worked would survive every fault. */
  async everyoneAnswers(): Promise<void> {
    const isAnswering = async () => this.predictions.every(({ answered }) => answered > 0);
    await waitUntil('predictions of both servers', ANSWERS_MS_MAX, isAnswering, Boolean);
  }

  get targets(): ReadonlyMap<TargetName, Breakable> {
    const servers: [TargetName, Breakable][] = [
      ['broker', breakableBroker(this.broker)],
      ['redis', breakableRedis(this.redis)],
    ];
    return new Map([...servers, ...this.allRoles.map((role): [TargetName, Breakable] => [role.name, role])]);
  }

  get answeredCount(): number {
    return this.predictions.reduce((sum, { answered }) => sum + answered, 0);
  }

  /** The faults found so far, in words. */
  get faults(): string[] {
    const witnessed = [this.history, ...this.predictions].flatMap(({ faults }) => faults);
    return [...witnessed, ...this.allRoles.flatMap(({ unaskedEnds }) => unaskedEnds)];
  }

  async stopWatching(): Promise<void> {
    await Promise.all([this.history, ...this.predictions].map((witness) => witness.stop()));
  }

  async close(): Promise<void> {
    // Roles end first, since a witness may wait for the answer of a stopped server.
    await Promise.all(this.allRoles.map((role) => role.giveUp()));
    await this.stopWatching();
    // Then the servers and their data are removed, in whatever state they are.
    await this.place.remove().catch(() => undefined);
    await Promise.all([this.broker.remove(), this.redis.remove()]);
  }

  private get allRoles(): readonly Role[] {
    const { producer, trainers, servings } = this.roles;
    return [producer, ...trainers, ...servings];
  }
}

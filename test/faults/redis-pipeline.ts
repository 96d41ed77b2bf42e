import { join } from 'node:path';
import type { ModelRegistry } from '../../shared/model-registry/model-registry';
import { waitUntil } from '../kills/long-wait';
import { SeenVersions } from '../kills/seen-versions';
import { TRAINING } from '../kills/verdict';
import type { AlderProcess, AlderProcesses } from '../support/alder-process';
import { livePlace, type ScenarioPlace } from '../support/scenario-places';
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy';
import { PredictionLoad } from './prediction-load';
import { OwnRedis } from './servers/own-redis';

const IRIS = join(__dirname, '../../data/iris.csv');
const PARTITIONS = 2;
const ROWS_PER_SECOND = 60;
const GOES_ON_MS_MAX = 15_000;

/** All roles as processes of their own on a Redis of their own: rows keep coming, and predictions are asked all the time. */
export class RedisPipeline {
  private constructor(
    readonly redis: OwnRedis,
    /** Between the trainer, and only the trainer, and Redis. */
    readonly proxy: TcpProxy,
    readonly place: ScenarioPlace,
    readonly registry: ModelRegistry,
    readonly seen: SeenVersions,
    readonly load: PredictionLoad,
    readonly producer: AlderProcess,
    public trainer: AlderProcess,
  ) {}

  static async start(alder: AlderProcesses, kafkaBrokers: string[]): Promise<RedisPipeline> {
    const redis = await OwnRedis.start();
    const proxy = await openTcpProxy({ host: '127.0.0.1', port: redis.port });
    const place = await livePlace({ kafkaBrokers, redisUrl: redis.url })(PARTITIONS);
    const registry = await place.registry(`${place.topic}-tried`);
    const { environment } = place;
    const producer = alder.start(['produce', IRIS, '--simulate', '1', '--rate', String(ROWS_PER_SECOND)], {
      environment: { ...environment, ALDER_PRODUCER_PORT: '0' },
    });
    const trainer = startTrainer(alder, environment, registry.model, proxy);
    await trainer.line(/ · version 1 live/);
    const serving = alder.start(['serve', '--model', registry.model], {
      environment: { ...environment, PORT: '0' },
    });
    const url = await serving.url();
    const isReady = async () => (await fetch(`${url}/readyz`)).status;
    await waitUntil('serving to be ready', GOES_ON_MS_MAX, isReady, (status) => status === 200);
    const load = new PredictionLoad(url);
    return new RedisPipeline(
      redis,
      proxy,
      place,
      registry,
      new SeenVersions(registry),
      load,
      producer,
      trainer,
    );
  }

  startTrainerAgain(alder: AlderProcesses): void {
    this.trainer = startTrainer(alder, this.place.environment, this.registry.model, this.proxy);
  }

  /** Waits for a version above the given one. */
  newVersion(above: number): Promise<number> {
    const newest = () => this.seen.newest();
    return waitUntil(`a version above ${above}`, GOES_ON_MS_MAX, newest, (version) => version > above);
  }

  /** Waits until so many more predictions were answered, to show that they go on. */
  async predictions(count: number): Promise<void> {
    const fromMs = performance.now();
    const answered = async () => this.load.since(fromMs).count;
    await waitUntil(`${count} predictions`, GOES_ON_MS_MAX, answered, (so) => so >= count);
  }

  /** Whether the trainer's own health port answers within a second, busy or not. */
  async isTrainerAlive(): Promise<boolean> {
    const url = await this.trainer.url();
    const { status } = await fetch(`${url}/livez`, { signal: AbortSignal.timeout(1_000) });
    return status === 200;
  }

  async close(): Promise<void> {
    await this.load.stop();
    await this.proxy.close();
    await this.place.remove();
    await this.redis.remove();
  }
}

function startTrainer(
  alder: AlderProcesses,
  environment: Readonly<Record<string, string>>,
  model: string,
  proxy: TcpProxy,
): AlderProcess {
  return alder.start(['train', '--model', model], {
    environment: { ...environment, ...TRAINING, REDIS_URL: `redis://127.0.0.1:${proxy.port}` },
  });
}

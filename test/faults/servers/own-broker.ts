import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { GenericContainer, type StartedNetwork, type StartedTestContainer, Wait } from 'testcontainers';
import { waitUntil } from '../../kills/long-wait';
import { KAFKA_IMAGE } from '../../support/live-containers';
import { brokerAnswers } from './cluster-view';
import { freePort } from './free-port';

const run = promisify(execFile);
const OUTSIDE_PORT = 9092;
const START_MS_MAX = 120_000;
/** Kafka hands its partitions over and writes everything out before it ends in order. */
const STOP_S_MAX = 60;

interface BrokerPlan {
  readonly nodeId: number;
  /** Properties beyond those of every broker, as the image spells them: KAFKA_X_Y is x.y. */
  readonly environment?: Readonly<Record<string, string>>;
  /** For several brokers that find each other by the names `kafka-1`, `kafka-2`, … */
  readonly network?: StartedNetwork;
  /** Shell lines that run before Kafka, each time that the container starts. */
  readonly before?: readonly string[];
}

type BrokerState = 'running' | 'paused' | 'exited';

/**
 * A Kafka broker and controller of the tests' own, in a container. Its port is chosen beforehand and stays, so that
 * clients find it again after it was killed and started; what it stored stays as well.
 */
export class OwnBroker {
  private constructor(
    readonly nodeId: number,
    private readonly port: number,
    private readonly container: StartedTestContainer,
  ) {}

  static async start(plan: BrokerPlan): Promise<OwnBroker> {
    const port = await freePort();
    const { nodeId, network, before = [], environment = {} } = plan;
    const container = new GenericContainer(KAFKA_IMAGE)
      .withExposedPorts({ container: OUTSIDE_PORT, host: port })
      .withEnvironment({ ...environmentOf(plan, port), ...environment })
      .withEntrypoint(['sh', '-c'])
      .withCommand([[...before, 'exec /etc/kafka/docker/run'].join('\n')])
      .withStartupTimeout(START_MS_MAX)
      .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/));
    if (network !== undefined) container.withNetwork(network).withNetworkAliases(nameOf(nodeId));
    return new OwnBroker(nodeId, port, await container.start());
  }

  /** Where clients on this machine find it. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  get addresses(): string[] {
    return [this.address];
  }

  async state(): Promise<BrokerState> {
    return (await this.inspect('{{.State.Status}}')) as BrokerState;
  }

  /** The start time of its process; another time shows another process. */
  startedAt(): Promise<string> {
    return this.inspect('{{.State.StartedAt}}');
  }

  /** The status with which its process ended; 137 after kill -9. */
  async exitStatus(): Promise<number> {
    return Number(await this.inspect('{{.State.ExitCode}}'));
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await docker('kill', '--signal', 'KILL', this.container.getId());
  }

  async startAgain(): Promise<void> {
    await docker('start', this.container.getId());
    await waitUntil('the broker to answer', START_MS_MAX, () => brokerAnswers(this.address), Boolean);
  }

  /** Ends it in order and starts it again. */
  async restart(): Promise<void> {
    await docker('restart', '--time', String(STOP_S_MAX), this.container.getId());
    await waitUntil('the broker to answer', START_MS_MAX, () => brokerAnswers(this.address), Boolean);
  }

  /** Stops all its threads where they are; its connections stay open. */
  async pause(): Promise<void> {
    await docker('pause', this.container.getId());
  }

  async unpause(): Promise<void> {
    await docker('unpause', this.container.getId());
  }

  /** Runs a command in the container and gives its output. */
  async run(...command: string[]): Promise<string> {
    return await docker('exec', this.container.getId(), ...command);
  }

  async remove(): Promise<void> {
    if ((await this.state()) === 'paused') await this.unpause();
    await this.container.stop({ timeout: 0 });
  }

  private inspect(field: string): Promise<string> {
    return docker('inspect', '--format', field, this.container.getId());
  }
}

export function nameOf(nodeId: number): string {
  return `kafka-${nodeId}`;
}

async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run('docker', args, { timeout: START_MS_MAX });
  return stdout.trim();
}

function environmentOf({ nodeId, network }: BrokerPlan, port: number): Record<string, string> {
  const name = network === undefined ? 'localhost' : nameOf(nodeId);
  return {
    KAFKA_NODE_ID: String(nodeId),
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_LISTENERS: `HOST://:${OUTSIDE_PORT},NET://:19092,CONTROLLER://:9093`,
    KAFKA_ADVERTISED_LISTENERS: `HOST://127.0.0.1:${port},NET://${name}:19092`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'HOST:PLAINTEXT,NET:PLAINTEXT,CONTROLLER:PLAINTEXT',
    KAFKA_INTER_BROKER_LISTENER_NAME: 'NET',
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_CONTROLLER_QUORUM_VOTERS: `${nodeId}@localhost:9093`,
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '1',
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
    KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS: '1',
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    KAFKA_HEAP_OPTS: '-Xms256m -Xmx512m',
  };
}

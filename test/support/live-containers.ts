import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';

export const KAFKA_IMAGE = 'apache/kafka:4.3.1';
export const REDIS_IMAGE = 'redis:8.0';

const KAFKA_PORT = 9092;
const REDIS_PORT = 6379;
const START_SCRIPT = '/tmp/start.sh';
const START_MS_MAX = 60_000;

const started: StartedTestContainer[] = [];

export async function startContainers(): Promise<{ kafkaBrokers: string; redisUrl: string }> {
  const [kafka, redis] = await Promise.all([startKafka(), startRedis()]);
  return {
    kafkaBrokers: `${kafka.getHost()}:${kafka.getMappedPort(KAFKA_PORT)}`,
    redisUrl: `redis://${redis.getHost()}:${redis.getMappedPort(REDIS_PORT)}`,
  };
}

export async function stopContainers(): Promise<void> {
  await Promise.all(started.splice(0).map((container) => container.stop()));
}

async function startRedis(): Promise<StartedTestContainer> {
  const redis = await new GenericContainer(REDIS_IMAGE)
    .withExposedPorts(REDIS_PORT)
    .withCommand(['redis-server', '--appendonly', 'yes'])
    .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/))
    .start();
  started.push(redis);
  return redis;
}

/**
 * A broker advertises the address for its clients, and the published port is known only once the container runs. So the
 * container waits for a start script, which is written when the port is known.
 */
class KafkaContainer extends GenericContainer {
  constructor() {
    super(KAFKA_IMAGE);
    this.withExposedPorts(KAFKA_PORT)
      .withEnvironment(KAFKA_ENVIRONMENT)
      .withEntrypoint(['sh', '-c'])
      .withCommand([
        `echo waiting; while [ ! -x ${START_SCRIPT} ]; do sleep 0.05; done; exec ${START_SCRIPT}`,
      ])
      .withWaitStrategy(Wait.forLogMessage(/waiting/));
  }

  protected override async containerStarted(container: StartedTestContainer): Promise<void> {
    const outside = `HOST://${container.getHost()}:${container.getMappedPort(KAFKA_PORT)}`;
    const script = [
      '#!/bin/sh',
      `export KAFKA_ADVERTISED_LISTENERS=${outside},NET://$(hostname):19092`,
      'exec /etc/kafka/docker/run',
    ].join('\n');
    await container.copyContentToContainer([{ content: `${script}\n`, target: START_SCRIPT, mode: 0o755 }]);
    await serverStarted(container);
  }
}

const KAFKA_ENVIRONMENT = {
  KAFKA_NODE_ID: '1',
  KAFKA_PROCESS_ROLES: 'broker,controller',
  KAFKA_LISTENERS: `HOST://:${KAFKA_PORT},NET://:19092,CONTROLLER://:9093`,
  KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'HOST:PLAINTEXT,NET:PLAINTEXT,CONTROLLER:PLAINTEXT',
  KAFKA_INTER_BROKER_LISTENER_NAME: 'NET',
  KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
  KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
  KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
  KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '1',
  KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
  KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
  KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS: '1',
  KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
  KAFKA_HEAP_OPTS: '-Xms256m -Xmx512m',
};

async function startKafka(): Promise<StartedTestContainer> {
  const kafka = await new KafkaContainer().withStartupTimeout(START_MS_MAX).start();
  started.push(kafka);
  return kafka;
}

/** Resolves when the broker logs that it serves. The timer also keeps the process alive; the log's stream does not. */
async function serverStarted(container: StartedTestContainer): Promise<void> {
  const output = await container.logs();
  let text = '';
  await new Promise<void>((resolve, reject) => {
    const giveUp = () => reject(new Error(`Kafka did not come to serve:\n${text.slice(-2_000)}`));
    const timer = setTimeout(giveUp, START_MS_MAX);
    output.on('end', giveUp);
    output.on('data', (chunk: Buffer | string) => {
      text += chunk.toString();
      if (!text.includes('Kafka Server started')) return;
      clearTimeout(timer);
      resolve();
    });
  });
  output.destroy();
}

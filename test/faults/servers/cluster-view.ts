import { type Admin, Kafka, logLevel } from 'kafkajs';

const ASK_MS_MAX = 3_000;

/** One partition as the brokers see it. */
export interface PartitionView {
  readonly partition: number;
  /** Node id; -1 without a leader. */
  readonly leader: number;
  /** Node ids of the replicas that have everything. */
  readonly inSync: readonly number[];
}

/** Whether a broker answers clients. Throws when it does not. */
export async function brokerAnswers(address: string): Promise<boolean> {
  return withAdmin([address], async (admin) => (await admin.describeCluster()).brokers.length > 0);
}

/** The partitions of a topic, in their order. */
export async function partitionsOf(brokers: readonly string[], topic: string): Promise<PartitionView[]> {
  return withAdmin(brokers, async (admin) => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0]!.partitions
      .map(({ partitionId, leader, isr }) => ({ partition: partitionId, leader, inSync: isr }))
      .sort((a, b) => a.partition - b.partition);
  });
}

/** Where lag tools see a group, by partition. */
export async function committedOffsets(
  broker: string,
  groupId: string,
  topic: string,
): Promise<Map<number, number>> {
  return withAdmin([broker], async (admin) => {
    const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] });
    return new Map(committed!.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
  });
}

/** Each call has a new client, since a client that lived through a broker's death would answer from its memory. */
async function withAdmin<T>(brokers: readonly string[], errand: (admin: Admin) => Promise<T>): Promise<T> {
  const kafka = new Kafka({
    clientId: 'alder-test',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: ASK_MS_MAX,
    requestTimeout: ASK_MS_MAX,
    retry: { retries: 2, maxRetryTime: 500 },
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await errand(admin);
  } finally {
    await admin.disconnect();
  }
}

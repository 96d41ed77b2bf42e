import { type Consumer, Kafka, logLevel, type Message, type Producer } from 'kafkajs';

/** A plain kafkajs client, with its defaults where they are fast. */
export class KafkajsPeer {
  private readonly kafka: Kafka;
  private producer: Producer | null = null;

  constructor(brokers: readonly string[]) {
    this.kafka = new Kafka({ clientId: 'alder-bench', brokers: [...brokers], logLevel: logLevel.NOTHING });
  }

  /**
   * Reads a topic of one partition from its beginning and returns messages per second. The clock starts when the consumer
   * has joined the group, before the first fetch. `onValue` receives each value.
   */
  async consume(topic: string, messageCount: number, onValue: (value: Buffer) => void): Promise<number> {
    const groupId = `${topic}-${process.hrtime.bigint()}`;
    const consumer: Consumer = this.kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
    let joinedMs = 0;
    consumer.on(consumer.events.GROUP_JOIN, () => {
      joinedMs = performance.now();
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    let seen = 0;
    const endedMs = await new Promise<number>((resolve, reject) => {
      consumer
        .run({
          autoCommit: false,
          eachBatch: async ({ batch }) => {
            for (const { value } of batch.messages) onValue(value!);
            seen += batch.messages.length;
            if (seen >= messageCount) resolve(performance.now());
          },
        })
        .catch(reject);
    });
    await consumer.disconnect();
    const admin = this.kafka.admin();
    await admin.connect();
    await admin.deleteGroups([groupId]);
    await admin.disconnect();
    return (messageCount / (endedMs - joinedMs)) * 1_000;
  }

  /** Sends prepared batches, one in flight, acknowledged by all in-sync replicas; returns messages per second. */
  async send(topic: string, batches: readonly (readonly Message[])[]): Promise<number> {
    this.producer ??= await this.connectProducer();
    const begunMs = performance.now();
    let sent = 0;
    for (const messages of batches) {
      await this.producer.send({ topic, acks: -1, messages: [...messages] });
      sent += messages.length;
    }
    return (sent / (performance.now() - begunMs)) * 1_000;
  }

  async createTopic(topic: string): Promise<void> {
    const admin = this.kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
    await admin.disconnect();
  }

  async deleteTopics(prefix: string): Promise<void> {
    const admin = this.kafka.admin();
    await admin.connect();
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
    if (topics.length > 0) await admin.deleteTopics({ topics });
    const { groups } = await admin.listGroups();
    const mirrors = groups.map(({ groupId }) => groupId).filter((id) => id.includes(prefix));
    if (mirrors.length > 0) await admin.deleteGroups(mirrors);
    await admin.disconnect();
  }

  async close(): Promise<void> {
    await this.producer?.disconnect();
  }

  private async connectProducer(): Promise<Producer> {
    const producer = this.kafka.producer({ allowAutoTopicCreation: false, createPartitioner: () => () => 0 });
    await producer.connect();
    return producer;
  }
}

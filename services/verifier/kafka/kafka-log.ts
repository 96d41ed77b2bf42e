import type { Admin, Kafka } from 'kafkajs';
import { AlderError } from '../../../shared/errors';
import type { RawBounds, RawLog, RawTopic } from '../deep-source';
import { fromKafka, type KafkaSettings, kafkaClient } from './client';
import { KafkaTopicPass } from './topic-pass';

/** The log on Kafka, read with kafkajs as its manual has it. `close` ends the admin's connection. */
export async function kafkaLog(
  settings: KafkaSettings,
  topic: string,
): Promise<{ log: RawLog; close(): Promise<void> }> {
  const kafka = kafkaClient(settings);
  const admin = kafka.admin();
  await fromKafka('connecting', admin.connect());
  const { clusterId } = await fromKafka('asking for the cluster', admin.describeCluster());
  return {
    log: {
      kind: 'kafka',
      clusterId,
      topic,
      hasKeys: true,
      hasRetention: true,
      open: (which) => openTopic(kafka, admin, which === 'rows' ? topic : `${topic}.rejected`),
    },
    close: () => admin.disconnect(),
  };
}

async function openTopic(kafka: Kafka, admin: Admin, topic: string): Promise<RawTopic> {
  // Asking for the offsets of a topic that is not there takes kafkajs 8 s of retries; the list answers at once.
  const topics = await fromKafka('listing the topics', admin.listTopics());
  if (!topics.includes(topic)) {
    throw new AlderError('topic-missing', `kafka: there is no topic ${topic}`, {
      hint: 'name the topic with --topic',
    });
  }
  const offsets = await fromKafka(`asking for the offsets of ${topic}`, admin.fetchTopicOffsets(topic));
  const bounds = offsets
    .map(({ partition, low, high }): RawBounds => ({ partition, earliest: Number(low), end: Number(high) }))
    .sort((a, b) => a.partition - b.partition);
  return new KafkaTopicPass(kafka, admin, topic, bounds);
}

import type { Admin, Kafka } from 'kafkajs';
import { AlderError } from '../../../shared/errors';
import type { RawBounds, RawLog, RawTopic } from '../deep-source';
import { fromKafka, type KafkaSettings, kafkaClient } from './client';
import { KafkaTopicPass } from './topic-pass';

/** The log on Kafka, read with kafkajs as its manual describes. `close` ends the admin's connection. */
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
  // kafkajs retries 8 s for the offsets of a missing topic; the list of topics answers at once.
  const topics = await fromKafka('listing the topics', admin.listTopics());
  if (!topics.includes(topic)) {
    throw new AlderError('topic-missing', `kafka: there is no topic ${topic}`, {
      hint: 'name the topic with --topic',
      fields: { topic },
    });
  }
  const offsets = await fromKafka(`asking for the offsets of ${topic}`, admin.fetchTopicOffsets(topic));
  const bounds = offsets
    .map(({ partition, low, high }): RawBounds => ({ partition, earliest: Number(low), end: Number(high) }))
    .sort((a, b) => a.partition - b.partition);
  return new KafkaTopicPass(kafka, admin, topic, bounds);
}

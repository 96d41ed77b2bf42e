import { type Admin, Kafka, logLevel } from 'kafkajs';
import { type KafkaRowLogOptions, openKafkaRowLog } from '../../shared/row-log/kafka/kafka-row-log';
import type { OffsetMirror } from '../../shared/row-log/offset-mirror';
import type { MessageBlock, RowLog } from '../../shared/row-log/row-log';
import { uniqueName } from './live';

export interface LiveKafka {
  readonly brokers: string[];
  readonly admin: Admin;
  /** A plain kafkajs client, like that of another program. */
  readonly foreign: Kafka;
  /** A topic name; the topic, its topic of rejected rows and its mirror group are deleted at the end. */
  newTopic(): string;
  open(
    topic: string,
    options?: Partial<KafkaRowLogOptions>,
  ): Promise<{ log: RowLog; mirror: OffsetMirror; notices: string[] }>;
  close(): Promise<void>;
}

/** An admin client and row logs on a live Kafka; `close` closes the logs and deletes the topics. */
export async function openLiveKafka(brokers: string[]): Promise<LiveKafka> {
  const foreign = new Kafka({ clientId: 'alder-test', brokers, logLevel: logLevel.NOTHING });
  const admin = foreign.admin();
  await admin.connect();
  const topics: string[] = [];
  const logs: RowLog[] = [];
  return {
    brokers,
    admin,
    foreign,
    newTopic() {
      const topic = uniqueName('test-rows');
      topics.push(topic);
      return topic;
    },
    async open(topic, options = {}) {
      const notices: string[] = [];
      const opened = await openKafkaRowLog({
        brokers,
        topic,
        partitions: 1,
        mirrorGroup: mirrorGroup(topic),
        clientId: 'alder-test',
        onNotice: (code, message) => notices.push(`${code} ${message}`),
        ...options,
      });
      logs.push(opened.log);
      return { ...opened, notices };
    },
    async close() {
      await Promise.all(logs.map((log) => log.close()));
      const existing = await admin.listTopics();
      const made = existing.filter((name) => topics.some((topic) => name.startsWith(topic)));
      if (made.length > 0) await admin.deleteTopics({ topics: made });
      const { groups } = await admin.listGroups();
      const mirrors = topics
        .map(mirrorGroup)
        .filter((group) => groups.some(({ groupId }) => groupId === group));
      if (mirrors.length > 0) await admin.deleteGroups(mirrors);
      await admin.disconnect();
    },
  };
}

export function mirrorGroup(topic: string): string {
  return `alder-${topic}`;
}

/** `partition:offset=value` of every message, in the order of the blocks. */
export function described(blocks: readonly MessageBlock[]): string[] {
  return blocks.flatMap(({ partition, offsets, values }) =>
    offsets.map((offset, i) => `${partition}:${offset}=${textOf(values[i])}`),
  );
}

function textOf(value: Uint8Array | null | undefined): string {
  return value === null || value === undefined ? 'null' : Buffer.from(value).toString('utf8');
}

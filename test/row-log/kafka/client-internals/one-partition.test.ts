import type { Message } from 'kafkajs';
import { toOnePartition } from '../../../../shared/row-log/kafka/client-internals/one-partition';

interface Grouping {
  topic: string;
  partitionMetadata: { partitionId: number }[];
  messages: Message[];
  partitioner: (of: { message: Message }) => number;
}
const group = require('kafkajs/src/producer/groupMessagesPerPartition.js') as (
  grouping: Grouping,
) => Record<string, Message[]>;

const partitionMetadata = [0, 1, 2].map((partitionId) => ({ partitionId }));
const messages = Array.from({ length: 5 }, (_, i) => ({ value: `row ${i}`, headers: { number: String(i) } }));
/** What kafkajs does without a key and with a partition. */
const partitioner = ({ message }: { message: Message }) => message.partition!;

test('kafkajs groups the messages as it would group any, and asks no partitioner', () => {
  const plain = messages.map((message) => ({ ...message, partition: 2 }));
  const expected = group({ topic: 't', partitionMetadata, messages: plain, partitioner });
  const unasked = () => {
    throw new Error('the partitioner was asked');
  };
  const sent = toOnePartition(messages, 2);
  const grouped = group({ topic: 't', partitionMetadata, messages: sent, partitioner: unasked });
  expect(grouped).toEqual(expected);
  expect(grouped).toEqual({ 2: plain });
  // It maps over the group afterwards, which has to be an array like any other.
  expect(grouped['2']!.map(({ value }) => value)).toEqual(messages.map(({ value }) => value));
  expect(Object.keys(grouped['2']!)).toHaveLength(messages.length);
});

test('a topic whose partitions are not known has no group, as before', () => {
  const sent = toOnePartition(messages, 0);
  expect(group({ topic: 't', partitionMetadata: [], messages: sent, partitioner })).toEqual({});
});

test('every message names its partition, for a client that groups in another way', () => {
  expect([...toOnePartition(messages, 1)]).toEqual(messages.map((message) => ({ ...message, partition: 1 })));
  expect(messages[0]).not.toHaveProperty('partition');
});

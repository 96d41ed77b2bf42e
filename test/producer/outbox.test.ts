import { Outbox, type WaitingMessage } from '../../services/producer/outbox';

const message = (bytes: number): WaitingMessage => ({
  value: new Uint8Array(bytes),
  headers: {},
  rowCount: 1,
  rejectedCount: 0,
});

function fill(outbox: Outbox, partition: (i: number) => number, each: WaitingMessage): number {
  let added = 0;
  for (; outbox.accepts(partition(added), each); added++) outbox.add(partition(added), each);
  return added;
}

test('a partition takes what one append takes', () => {
  expect(fill(new Outbox(), () => 0, message(10))).toBe(1_000);
});

test('a partition takes half a mebibyte', () => {
  expect(fill(new Outbox(), () => 0, message(1_000))).toBe(Math.floor(524_288 / 1_000));
});

test('all partitions together are bounded in messages and in bytes', () => {
  expect(fill(new Outbox(), (i) => i % 64, message(10))).toBe(10_000);
  expect(fill(new Outbox(), (i) => i % 64, message(100_000))).toBe(Math.floor((8 * 1_048_576) / 100_000));
});

test('a message beyond every bound is sent alone', () => {
  const outbox = new Outbox();
  expect(outbox.accepts(0, message(9_000_000))).toBe(true);
  outbox.add(0, message(9_000_000));
  expect(outbox.accepts(1, message(1))).toBe(false);
});

test('an emptied outbox gives the messages by partition in their order and accepts messages again', () => {
  const outbox = new Outbox();
  const [first, second, third] = [message(1), message(2), message(3)];
  outbox.add(2, first);
  outbox.add(0, second);
  outbox.add(2, third);
  expect(outbox.empty()).toEqual([
    { partition: 0, messages: [second] },
    { partition: 2, messages: [first, third] },
  ]);
  expect(outbox.empty()).toEqual([]);
});

import fc from 'fast-check';
import { PendingMessages } from '../../../services/trainer/read/partition-intake';
import { PackedValues } from '../../../shared/row-log/packed-values';

function message(offset: number) {
  return { offset, value: null, timestampMs: 1_000 + offset };
}

test('messages without rows join the run before them', () => {
  const pending = new PendingMessages();
  pending.add(message(0), 2, 1);
  pending.add(message(1), 0, 3);
  pending.add(message(2), 0, 1);
  pending.add(message(3), 1, 0);
  expect(pending.runCount).toBe(2);
  expect(pending.run(0)).toMatchObject({ messages: 3, accepted: 2, rejected: 5, newestRowMs: 1_000 });
  expect(pending.run(0).last.offset).toBe(2);
});

test('a flood of messages without rows is one run', () => {
  const pending = new PendingMessages();
  for (let offset = 0; offset < 10_000; offset++) pending.add(message(offset), 0, 1);
  expect(pending.runCount).toBe(1);
  expect(pending.run(0)).toMatchObject({ messages: 10_000, accepted: 0, rejected: 10_000, newestRowMs: -1 });
});

test('a sealed run does not change: later messages are in the next run', () => {
  const pending = new PendingMessages();
  pending.add(message(0), 1, 0);
  pending.seal();
  pending.add(message(1), 0, 1);
  pending.add(message(2), 0, 1);
  expect(pending.runCount).toBe(2);
  expect(pending.run(0)).toMatchObject({ messages: 1, rejected: 0 });
  expect(pending.run(1)).toMatchObject({ messages: 2, rejected: 2 });
});

test('a message after a drop of all runs begins a new run', () => {
  const pending = new PendingMessages();
  pending.add(message(0), 1, 0);
  pending.drop(1);
  pending.add(message(1), 0, 1);
  expect(pending.runCount).toBe(1);
  expect(pending.run(0)).toMatchObject({ messages: 1, rejected: 1 });
});

test('drops keep the order of many thousands of runs', () => {
  const pending = new PendingMessages();
  let oldest = 0;
  for (let offset = 0; offset < 10_000; offset++) {
    pending.add(message(offset), 1, 0);
    if (offset % 3 === 2) {
      pending.drop(2);
      oldest += 2;
      expect(pending.run(0).last.offset).toBe(oldest);
    }
  }
  expect(pending.runCount).toBe(10_000 - oldest);
});

/** Steps of a test: a message with so many accepted and rejected rows, or a drop of so many runs. */
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ accepted: fc.nat(2), rejected: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.record({ dropped: fc.nat(40) }) },
  ),
  { maxLength: 400 },
);

test('messages give the same runs whether they are added alone or in blocks', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 90 }), (all, blockMessages) => {
      const alone = new PendingMessages();
      const inBlocks = new PendingMessages();
      let waiting: { offset: number; accepted: number; rejected: number }[] = [];
      const flush = () => {
        inBlocks.addBlock(blockOf(waiting));
        waiting = [];
      };
      for (const [offset, step] of all.entries()) {
        if ('dropped' in step) {
          flush();
          const runs = Math.min(step.dropped, alone.runCount);
          alone.drop(runs);
          inBlocks.drop(runs);
          continue;
        }
        alone.add({ offset, value: bytesOf(offset), timestampMs: 10 * offset }, step.accepted, step.rejected);
        waiting.push({ offset, ...step });
        if (waiting.length === blockMessages) flush();
      }
      flush();
      const runsOf = (pending: PendingMessages) =>
        Array.from({ length: pending.runCount }, (_, i) => pending.run(i));
      expect(runsOf(inBlocks)).toEqual(runsOf(alone));
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('the sum of runs counts them all and ends with the newest message', () => {
  const pending = new PendingMessages();
  for (const [offset, accepted] of [2, 0, 1, 3, 0].entries()) {
    pending.add({ offset, value: bytesOf(offset), timestampMs: 100 - offset }, accepted, 1);
  }
  expect(pending.sum(0, pending.runCount)).toEqual({
    messages: 5,
    accepted: 6,
    rejected: 5,
    newestRowMs: 100,
    last: { offset: 4, value: bytesOf(4), timestampMs: 96 },
  });
  expect(pending.sum(1, 2)).toEqual(pending.run(1));
});

function bytesOf(offset: number): Uint8Array {
  return Buffer.from(String(offset));
}

/** A block whose first message is a redelivered one. */
function blockOf(messages: readonly { offset: number; accepted: number; rejected: number }[]) {
  const from = messages[0]?.offset ?? 0;
  const next = (messages.at(-1)?.offset ?? -1) + 1;
  const offsets = [from - 1, ...messages.map(({ offset }) => offset)];
  return {
    block: {
      partition: 0,
      from,
      next,
      offsets,
      values: offsets.map(bytesOf),
      timestampsMs: offsets.map((offset) => 10 * offset),
      headers: null,
    },
    values: PackedValues.of(offsets.map(bytesOf)),
    first: 1,
    end: offsets.length,
    acceptedRows: Uint32Array.from(messages, ({ accepted }) => accepted),
    rejectedRows: Uint32Array.from(messages, ({ rejected }) => rejected),
    accepted: messages.reduce((sum, { accepted }) => sum + accepted, 0),
    rejected: [],
    hasGap: false,
    next,
  };
}

import type { RawRun } from '../../../services/verifier/deep-source';
import { RunQueue } from '../../../services/verifier/kafka/run-queue';

const MIB = 1_048_576;

function run(next: number, bytes: number): RawRun {
  const value = Buffer.alloc(bytes);
  return { messages: [{ offset: next - 1, timestampMs: 0, key: null, headers: null, value }], next };
}

function pausingQueue(): { queue: RunQueue; asked: string[] } {
  const asked: string[] = [];
  const queue = new RunQueue(3, {
    pause: (partition) => void asked.push(`pause ${partition}`),
    resume: (partition) => void asked.push(`resume ${partition}`),
  });
  return { queue, asked };
}

test('runs leave the queue in their order, also when the reader waits first', async () => {
  const { queue } = pausingQueue();
  const first = queue.next();
  for (const next of [1, 2, 3]) queue.push(run(next, 1));
  expect((await first).next).toBe(1);
  expect((await queue.next()).next).toBe(2);
  expect((await queue.next()).next).toBe(3);
});

test('fetching pauses at 4 MiB of waiting bytes, and resumes at 1 MiB', async () => {
  const { queue, asked } = pausingQueue();
  for (let next = 1; next <= 3; next++) queue.push(run(next, MIB));
  expect(asked).toEqual([]);
  for (let next = 4; next <= 5; next++) queue.push(run(next, MIB));
  expect(asked).toEqual(['pause 3']);
  for (let next = 1; next <= 3; next++) await queue.next();
  expect(asked).toEqual(['pause 3']);
  await queue.next();
  expect(asked).toEqual(['pause 3', 'resume 3']);
});

test('an error reaches the waiting reader and all later readers, also behind pushed runs', async () => {
  const { queue } = pausingQueue();
  const waiting = queue.next();
  queue.fail(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  queue.push(run(9, 1));
  await expect(queue.next()).rejects.toThrow('gone');
});

import { PendingMessages, valueSha256 } from '../../../services/trainer/read/pending-messages';

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

test('a sealed run stays as it is: what comes then is in the next one', () => {
  const pending = new PendingMessages();
  pending.add(message(0), 1, 0);
  pending.seal();
  pending.add(message(1), 0, 1);
  pending.add(message(2), 0, 1);
  expect(pending.runCount).toBe(2);
  expect(pending.run(0)).toMatchObject({ messages: 1, rejected: 0 });
  expect(pending.run(1)).toMatchObject({ messages: 2, rejected: 2 });
});

test('once all was dropped nothing joins what is gone', () => {
  const pending = new PendingMessages();
  pending.add(message(0), 1, 0);
  pending.drop(1);
  pending.add(message(1), 0, 1);
  expect(pending.runCount).toBe(1);
  expect(pending.run(0)).toMatchObject({ messages: 1, rejected: 1 });
});

test('dropping keeps the order over many thousands of runs', () => {
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

test('a null value hashes as no bytes', () => {
  const ofNothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  expect(valueSha256(null)).toBe(ofNothing);
  expect(valueSha256(new Uint8Array(0))).toBe(ofNothing);
});

import fc from 'fast-check';
import type { Environment } from '../../../shared/lmdb/environment';
import { openEmbeddedRowLog } from '../../../shared/row-log/embedded/embedded-row-log';
import { encodeMessageFrame } from '../../../shared/row-log/embedded/stored-entries';
import type { RowLog } from '../../../shared/row-log/row-log';
import { deleteMessages, makeTestFolder, type TestFolder } from '../../support/embedded';
import {
  collect,
  messagesOf,
  readMessages,
  readRounds,
  TEST_READ_BOUNDS,
  textsOf,
} from '../../support/log-reading';
import { ManualClock } from '../../support/manual-clock';
import { startSecondProcess } from '../../support/second-process';

const TOPIC = 'alder-rows';
const START: ReadonlyMap<number, number> = new Map();
const numbered = (count: number) => Array.from({ length: count }, (_, i) => ({ value: `row ${i}` }));
const gone = { code: 'log-range-gone', message: expect.stringContaining('partition 0') };

describe('the embedded row log', () => {
  let folder: TestFolder;
  let environment: Environment;
  let log: RowLog;

  beforeEach(async () => {
    folder = makeTestFolder();
    environment = folder.open();
    log = await openEmbeddedRowLog(environment, { topic: TOPIC, partitions: 1 });
  });

  afterEach(() => folder.remove());

  describe('its identity', () => {
    test('the id of the log outlives the process and differs between folders', async () => {
      await environment.close();
      const again = await openEmbeddedRowLog(folder.open(), { topic: TOPIC, partitions: 1 });
      expect(again.identity).toEqual({ kind: 'embedded', clusterId: log.identity.clusterId, topic: TOPIC });
      const elsewhere = makeTestFolder();
      const other = await openEmbeddedRowLog(elsewhere.open(), { topic: TOPIC, partitions: 1 });
      expect(other.identity.clusterId).not.toBe(log.identity.clusterId);
      await elsewhere.remove();
    });

    test('the number of partitions is fixed when the topic is made', async () => {
      const again = await openEmbeddedRowLog(environment, { topic: TOPIC, partitions: 5 });
      expect(await again.bounds()).toHaveLength(1);
      const other = await openEmbeddedRowLog(environment, { topic: 'other', partitions: 5 });
      expect(await other.bounds()).toHaveLength(5);
    });

    test('topics of one folder do not mix, also when one name begins with the other', async () => {
      const other = await openEmbeddedRowLog(environment, { topic: `${TOPIC}2`, partitions: 1 });
      await log.append(0, [{ value: 'mine' }]);
      await other.append(0, [{ value: 'other' }]);
      expect(textsOf(await readMessages(log, START, 1))).toEqual(['mine']);
      expect(textsOf(await readMessages(other, START, 1))).toEqual(['other']);
    });

    test('a topic of rejected rows has one partition and rejects none itself', async () => {
      const rejected = await openEmbeddedRowLog(environment, { topic: 'x.rejected', partitions: 3 });
      expect(await rejected.bounds()).toHaveLength(1);
      await expect(rejected.appendRejected([])).rejects.toMatchObject({ code: 'rejected-append-refused' });
    });

    test('an append to a missing partition is refused', async () => {
      await expect(log.append(1, numbered(1))).rejects.toMatchObject({ code: 'append-refused' });
    });

    test('offsets go up to 2^53 − 1 and no further', async () => {
      const ends = environment.textStore('ends');
      const last = Number.MAX_SAFE_INTEGER - 1;
      await environment.write('log-unavailable', () => ends.putSync([TOPIC, 0], String(last)));
      expect(await log.append(0, [{ value: 'last' }])).toEqual({ from: last, next: last + 1 });
      await expect(log.append(0, [{ value: 'more' }])).rejects.toMatchObject({ code: 'offset-too-large' });
      expect(textsOf(await readMessages(log, new Map([[0, last]]), 1))).toEqual(['last']);
    });
  });

  describe('deleted messages', () => {
    beforeEach(async () => {
      await log.append(0, numbered(10));
    });

    test('the earliest offset is that of the first remaining message', async () => {
      await deleteMessages(environment, TOPIC, { partition: 0, from: 0, next: 4 });
      expect(await log.bounds()).toEqual([{ partition: 0, earliest: 4, end: 10 }]);
      expect((await readMessages(log, START, 6))[0]?.offset).toBe(4);
    });

    test('a position or a range below the earliest offset is refused', async () => {
      await deleteMessages(environment, TOPIC, { partition: 0, from: 0, next: 4 });
      await expect(readMessages(log, new Map([[0, 3]]), 1)).rejects.toMatchObject(gone);
      const range = { partition: 0, from: 3, next: 6 };
      await expect(collect(log.readRange(range, TEST_READ_BOUNDS))).rejects.toMatchObject(gone);
      expect(await readMessages(log, new Map([[0, 4]]), 6)).toHaveLength(6);
    });

    test('a read whose next message was deleted meanwhile throws instead of stepping over the loss', async () => {
      const bounds = { ...TEST_READ_BOUNDS, blockMessagesMax: 2 };
      const reading = log.read(START, bounds, AbortSignal.timeout(10_000))[Symbol.asyncIterator]();
      await reading.next();
      await deleteMessages(environment, TOPIC, { partition: 0, from: 0, next: 5 });
      await expect(reading.next()).rejects.toMatchObject(gone);
    });

    test('a position beyond the end is refused', async () => {
      await expect(readMessages(log, new Map([[0, 11]]), 1)).rejects.toMatchObject(gone);
    });

    test('a partition that lost everything keeps its end, and the next message goes on there', async () => {
      await deleteMessages(environment, TOPIC, { partition: 0, from: 0, next: 10 });
      expect(await log.bounds()).toEqual([{ partition: 0, earliest: 10, end: 10 }]);
      expect(await log.append(0, numbered(1))).toEqual({ from: 10, next: 11 });
    });

    test('a hole is stepped over, in a read and in a range', async () => {
      await deleteMessages(environment, TOPIC, { partition: 0, from: 3, next: 7 });
      const offsets = [0, 1, 2, 7, 8, 9];
      expect((await readMessages(log, START, 6)).map(({ offset }) => offset)).toEqual(offsets);
      const blocks = await collect(log.readRange({ partition: 0, from: 4, next: 9 }, TEST_READ_BOUNDS));
      expect(messagesOf(blocks).map(({ offset }) => offset)).toEqual([7, 8]);
      expect(blocks.at(-1)?.next).toBe(9);
    });

    test('a hole before the end is stepped over by a block without messages', async () => {
      await deleteMessages(environment, TOPIC, { partition: 0, from: 8, next: 10 });
      const blocks = await collect(log.readRange({ partition: 0, from: 8, next: 10 }, TEST_READ_BOUNDS));
      expect(blocks).toEqual([
        { partition: 0, from: 8, next: 10, offsets: [], values: [], timestampsMs: [], headers: null },
      ]);
      const rounds = await readRounds(log, new Map([[0, 8]]), (taken) => taken.at(-1)?.blocks.length === 0);
      expect(rounds[0]?.blocks[0]?.next).toBe(10);
    });
  });

  describe('entries', () => {
    const bounds = { ...TEST_READ_BOUNDS, blockMessagesMax: 4 };
    const entryOffsets = () =>
      Array.from(environment.bytesStore('messages').getKeys(), (key) => (key as number[])[2]);

    test('the messages of one append are one entry, and any range of them can be read', async () => {
      await log.append(0, numbered(10));
      await log.append(0, numbered(1));
      await log.append(0, numbered(3));
      expect(entryOffsets()).toEqual([0, 10, 11]);
      for (let from = 0; from <= 14; from++) {
        for (let next = from; next <= 14; next++) {
          const blocks = await collect(log.readRange({ partition: 0, from, next }, bounds));
          expect(messagesOf(blocks).map(({ offset }) => offset)).toEqual(
            Array.from({ length: next - from }, (_, i) => from + i),
          );
        }
      }
    });

    test('a long append is cut into entries of a bounded size', async () => {
      const values = Array.from({ length: 300 }, (_, i) => ({ value: Buffer.alloc(1_000, i) }));
      await log.append(0, values);
      const sizes = Array.from(environment.bytesStore('messages').getRange(), ({ value }) => value.length);
      expect(sizes.length).toBeGreaterThan(3);
      // 65 values of 1,000 bytes, their ends in 4 bytes each, and the head.
      for (const size of sizes) expect(size).toBeLessThan(66_000);
      const read = await readMessages(log, new Map([[0, 130]]), 170, bounds);
      expect(read.map(({ hex }) => hex!.slice(0, 2))).toEqual(
        values.slice(130).map(({ value }) => value.subarray(0, 1).toString('hex')),
      );
    });

    test('a folder that holds every message by itself reads on as it is', async () => {
      const messages = environment.bytesStore('messages');
      await environment.write('log-unavailable', () => {
        for (let offset = 0; offset < 6; offset++) {
          messages.putSync([TOPIC, 0, offset], encodeMessageFrame(offset, undefined, `row ${offset}`));
        }
        environment.textStore('ends').putSync([TOPIC, 0], '6');
      });
      expect(await log.append(0, numbered(4))).toEqual({ from: 6, next: 10 });
      expect(await log.bounds()).toEqual([{ partition: 0, earliest: 0, end: 10 }]);
      const read = await readMessages(log, new Map([[0, 2]]), 8, bounds);
      expect(textsOf(read)).toEqual(['row 2', 'row 3', 'row 4', 'row 5', 'row 0', 'row 1', 'row 2', 'row 3']);
    });

    test('an entry of another partition or topic is never taken for the one that holds a message', async () => {
      const other = await openEmbeddedRowLog(environment, { topic: 'zz', partitions: 3 });
      await other.append(0, numbered(9));
      await other.append(2, numbered(9));
      await other.append(1, numbered(9));
      await deleteMessages(environment, 'zz', { partition: 1, from: 0, next: 5 });
      expect(await other.bounds()).toEqual([
        { partition: 0, earliest: 0, end: 9 },
        { partition: 1, earliest: 5, end: 9 },
        { partition: 2, earliest: 0, end: 9 },
      ]);
      const range = { partition: 1, from: 6, next: 9 };
      expect(textsOf(messagesOf(await collect(other.readRange(range, bounds))))).toEqual([
        'row 6',
        'row 7',
        'row 8',
      ]);
    });

    test('a damaged entry ends the read with its offset', async () => {
      await log.append(0, numbered(3));
      const messages = environment.bytesStore('messages');
      await environment.write('log-unavailable', () => {
        messages.putSync([TOPIC, 0, 0], messages.get([TOPIC, 0, 0])!.subarray(0, 30));
      });
      await expect(readMessages(log, START, 3)).rejects.toMatchObject({
        code: 'data-folder',
        message: expect.stringContaining('offset 0'),
      });
    });

    test('every block equals that of a plain list, after any appends and deletions', async () => {
      const appends = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 });
      const deletions = fc.array(fc.tuple(fc.nat(40), fc.nat(6)), { maxLength: 4 });
      let topics = 0;
      await fc.assert(
        fc.asyncProperty(
          appends,
          deletions,
          fc.nat(40),
          fc.integer({ min: 1, max: 9 }),
          async (counts, gone, at, max) => {
            const topic = `plain-${++topics}`;
            const tried = await openEmbeddedRowLog(environment, { topic, partitions: 1 });
            const plain = new Set<number>();
            for (const count of counts) {
              const { from, next } = await tried.append(0, numbered(count));
              for (let offset = from; offset < next; offset++) plain.add(offset);
            }
            const end = plain.size;
            for (const [from, count] of gone) {
              await deleteMessages(environment, topic, { partition: 0, from, next: from + count });
              for (let offset = from; offset < from + count; offset++) plain.delete(offset);
            }
            const earliest = plain.size === 0 ? end : Math.min(...plain);
            expect(await tried.bounds()).toEqual([{ partition: 0, earliest, end }]);
            const from = Math.min(end, Math.max(earliest, at));
            const reading = { ...TEST_READ_BOUNDS, blockMessagesMax: max };
            const blocks = await collect(tried.readRange({ partition: 0, from, next: end }, reading));
            expect(messagesOf(blocks).map(({ offset }) => offset)).toEqual(
              [...plain].filter((offset) => offset >= from).sort((a, b) => a - b),
            );
          },
        ),
        { seed: 5, numRuns: 30 },
      );
    });
  });

  describe('waiting', () => {
    test('a silent log gives a round at exactly waitMsMax, and is polled every 20 ms', async () => {
      const clock = new ManualClock();
      const slow = await openEmbeddedRowLog(environment, { topic: TOPIC, partitions: 1, clock });
      const stop = new AbortController();
      const reading = slow.read(START, TEST_READ_BOUNDS, stop.signal)[Symbol.asyncIterator]();
      let isDone = false;
      const round = reading.next().finally(() => {
        isDone = true;
      });
      await clock.advance(TEST_READ_BOUNDS.waitMsMax - 1);
      expect(isDone).toBe(false);
      await clock.advance(1);
      expect(await round).toEqual({ done: false, value: { partitionCount: 1, blocks: [] } });
      stop.abort();
      expect((await reading.next()).done).toBe(true);
    });

    test('an append of another environment is seen after 20 ms', async () => {
      const clock = new ManualClock();
      const slow = await openEmbeddedRowLog(environment, { topic: TOPIC, partitions: 1, clock });
      const other = await openEmbeddedRowLog(folder.open(), { topic: TOPIC, partitions: 1 });
      const reading = readMessages(slow, START, 1, { ...TEST_READ_BOUNDS, waitMsMax: 60_000 });
      await clock.untilSleeping();
      await other.append(0, [{ value: 'from elsewhere' }]);
      await clock.advance(20);
      expect(textsOf(await reading)).toEqual(['from elsewhere']);
    });

    test('an append of this process wakes a reader at once, without any time passing', async () => {
      const clock = new ManualClock();
      const slow = await openEmbeddedRowLog(environment, { topic: TOPIC, partitions: 1, clock });
      const reading = readMessages(slow, START, 1, { ...TEST_READ_BOUNDS, waitMsMax: 60_000 });
      await clock.untilSleeping();
      await log.append(0, [{ value: 'from here' }]);
      expect(textsOf(await reading)).toEqual(['from here']);
      expect(clock.monotonicMs()).toBe(0);
    });

    test('messages carry the time of the clock', async () => {
      const clock = new ManualClock(5_000);
      const timed = await openEmbeddedRowLog(environment, { topic: TOPIC, partitions: 1, clock });
      await timed.append(0, numbered(1));
      const [message] = await readMessages(log, START, 1);
      expect(message?.timestampMs).toBe(Date.UTC(2024, 0, 1) + 5_000);
    });

    test('a long catch-up lets timers run', async () => {
      await log.append(0, numbered(200));
      let turns = 0;
      const count = () => {
        turns++;
        timer = setImmediate(count);
      };
      let timer = setImmediate(count);
      const range = { partition: 0, from: 0, next: 200 };
      await collect(log.readRange(range, { ...TEST_READ_BOUNDS, blockMessagesMax: 20 }));
      await readMessages(log, START, 200, { ...TEST_READ_BOUNDS, blockMessagesMax: 20 });
      clearImmediate(timer);
      // Ten blocks and ten rounds.
      expect(turns).toBeGreaterThanOrEqual(18);
    });

    test.each(['the log', 'the environment'])(
      'closing %s ends a waiting read with an error',
      async (what) => {
        const reading = log.read(
          START,
          { ...TEST_READ_BOUNDS, waitMsMax: 60_000 },
          AbortSignal.timeout(10_000),
        );
        const waiting = reading[Symbol.asyncIterator]().next();
        await (what === 'the log' ? log.close() : environment.close());
        await expect(waiting).rejects.toMatchObject({ code: 'log-closed' });
        await expect(log.append(0, numbered(1))).rejects.toMatchObject({ code: 'log-closed' });
        await expect(log.bounds()).rejects.toMatchObject({ code: 'log-closed' });
      },
    );
  });

  test('a second process appends to the same partition, and no offset is given twice', async () => {
    const { output } = startSecondProcess(
      `const { openEnvironment } = require('./shared/lmdb/environment');
       const { openEmbeddedRowLog } = require('./shared/row-log/embedded/embedded-row-log');
       const environment = openEnvironment(args.dataDir);
       const log = await openEmbeddedRowLog(environment, { topic: args.topic, partitions: 1 });
       for (let i = 0; i < 50; i++) await log.append(0, [{ value: 'theirs ' + i }]);
       console.log(log.identity.clusterId);
       await environment.close();`,
      { dataDir: folder.dataDir, topic: TOPIC },
    );
    const reading = readMessages(log, START, 100);
    // Ours begin once theirs have, so that both append at the same time.
    await readMessages(log, START, 1);
    for (let i = 0; i < 50; i++) await log.append(0, [{ value: `ours ${i}` }]);
    const messages = await reading;
    expect((await output).trim()).toBe(log.identity.clusterId);
    expect(messages.map(({ offset }) => offset)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    for (const whose of ['ours', 'theirs']) {
      expect(textsOf(messages).filter((text) => text?.startsWith(`${whose} `))).toEqual(
        Array.from({ length: 50 }, (_, i) => `${whose} ${i}`),
      );
    }
  });
});

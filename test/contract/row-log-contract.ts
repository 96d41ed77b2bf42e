import { APPEND_MESSAGES_MAX } from '../../shared/row-log/bounds';
import { progressOf, rejectedMessage } from '../../shared/row-log/rejected-messages';
import type {
  MessageBlock,
  ReadRound,
  RejectedRow,
  ReplayProgress,
  RowLog,
} from '../../shared/row-log/row-log';
import {
  collect,
  messagesOf,
  readMessages,
  readRounds,
  TEST_READ_BOUNDS,
  textsOf,
} from '../support/log-reading';

/** A log on a topic of its own. The suite closes the handles of `reopen` and `openRejected`; `cleanUp` closes the rest. */
interface RowLogUnderTest {
  readonly log: RowLog;
  /** Another handle on the same topic. */
  reopen(): Promise<RowLog>;
  /** A handle that reads the rejected rows of the topic as messages. */
  openRejected(): Promise<RowLog>;
  cleanUp(): Promise<void>;
}

const START: ReadonlyMap<number, number> = new Map();
const numbered = (count: number, prefix = 'row') =>
  Array.from({ length: count }, (_, i) => ({ value: `${prefix} ${i}` }));
const texts = (count: number, prefix = 'row') => numbered(count, prefix).map(({ value }) => value);

/** Every promise of the RowLog port, for any adapter. */
export function rowLogContract(
  name: string,
  open: (options: { partitions: number }) => Promise<RowLogUnderTest>,
): void {
  describe(`row log contract: ${name}`, () => {
    const cleanUps: (() => Promise<void>)[] = [];

    afterEach(async () => {
      for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
    });

    async function opened(partitions = 1): Promise<RowLogUnderTest> {
      const underTest = await open({ partitions });
      cleanUps.push(() => underTest.cleanUp());
      const closedLater = async (opening: Promise<RowLog>) => {
        const log = await opening;
        cleanUps.push(() => log.close());
        return log;
      };
      return {
        log: underTest.log,
        reopen: () => closedLater(underTest.reopen()),
        openRejected: () => closedLater(underTest.openRejected()),
        cleanUp: underTest.cleanUp,
      };
    }

    describe('identity and bounds', () => {
      test('two handles on one topic have the same identity', async () => {
        const { log, reopen } = await opened();
        expect(log.identity.clusterId).not.toBe('');
        expect(log.identity.topic).not.toBe('');
        expect((await reopen()).identity).toEqual(log.identity);
      });

      test('a new topic has every partition in order, and all of them are empty', async () => {
        const { log } = await opened(3);
        expect(await log.bounds()).toEqual([
          { partition: 0, earliest: 0, end: 0 },
          { partition: 1, earliest: 0, end: 0 },
          { partition: 2, earliest: 0, end: 0 },
        ]);
      });

      test('end is the offset that the next message gets', async () => {
        const { log } = await opened(2);
        await log.append(1, numbered(3));
        expect(await log.bounds()).toEqual([
          { partition: 0, earliest: 0, end: 0 },
          { partition: 1, earliest: 0, end: 3 },
        ]);
        expect(await log.append(1, numbered(1))).toEqual({ from: 3, next: 4 });
      });
    });

    describe('append', () => {
      test('an append gives its range of offsets, and the next append goes on behind it', async () => {
        const { log } = await opened();
        expect(await log.append(0, numbered(2))).toEqual({ from: 0, next: 2 });
        expect(await log.append(0, numbered(5))).toEqual({ from: 2, next: 7 });
      });

      test('the largest batch of the port is appended in its order', async () => {
        const { log } = await opened();
        expect(await log.append(0, numbered(APPEND_MESSAGES_MAX))).toEqual({
          from: 0,
          next: APPEND_MESSAGES_MAX,
        });
        const messages = await readMessages(log, START, APPEND_MESSAGES_MAX);
        expect(textsOf(messages)).toEqual(texts(APPEND_MESSAGES_MAX));
      });

      test('a batch above the bound is refused, and none of it is appended', async () => {
        const { log } = await opened();
        await expect(log.append(0, numbered(APPEND_MESSAGES_MAX + 1))).rejects.toMatchObject({
          code: 'invariant',
        });
        expect(await log.bounds()).toEqual([{ partition: 0, earliest: 0, end: 0 }]);
      });

      test('appends of two handles at once share no offset and lose no message', async () => {
        const { log, reopen } = await opened();
        const other = await reopen();
        const ranges = await Promise.all([
          log.append(0, numbered(10, 'one')),
          other.append(0, numbered(10, 'two')),
          log.append(0, numbered(10, 'three')),
        ]);
        const offsets = ranges.flatMap(({ from, next }) =>
          Array.from({ length: next - from }, (_, i) => from + i),
        );
        expect(offsets.sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i));
        const read = textsOf(await readMessages(log, START, 30));
        for (const prefix of ['one', 'two', 'three']) {
          expect(read.filter((text) => text?.startsWith(`${prefix} `))).toEqual(texts(10, prefix));
        }
      });
    });

    describe('values and headers', () => {
      test('bytes, text, an empty value and a null value come back byte for byte', async () => {
        const { log } = await opened();
        const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i);
        await log.append(0, [
          { value: everyByte },
          { value: 'Zürich 東京 🌲' },
          { value: new Uint8Array(0) },
          { value: null },
          { value: '' },
        ]);
        const messages = await readMessages(log, START, 5);
        expect(messages.map(({ hex }) => hex)).toEqual([
          Buffer.from(everyByte).toString('hex'),
          Buffer.from('Zürich 東京 🌲', 'utf8').toString('hex'),
          '',
          null,
          '',
        ]);
        expect(messages.map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4]);
      });

      test('headers come back as text, and a message without any has null', async () => {
        const { log } = await opened();
        await log.append(0, [
          { value: 'a', headers: { 'alder-row': '17', city: 'Zürich', empty: '' } },
          { value: 'b' },
          { value: null, headers: { 'alder-row': '18' } },
        ]);
        const messages = await readMessages(log, START, 3);
        expect(messages.map(({ headers }) => headers)).toEqual([
          { 'alder-row': '17', city: 'Zürich', empty: '' },
          null,
          { 'alder-row': '18' },
        ]);
      });

      test('a block in which no message has headers has null for all of them', async () => {
        const { log } = await opened();
        await log.append(0, numbered(3));
        const rounds = await readRounds(log, START, (taken) => taken.some(({ blocks }) => blocks.length > 0));
        expect(rounds.at(-1)?.blocks[0]?.headers).toBeNull();
      });

      test('every message has a time in milliseconds', async () => {
        const before = Date.now();
        const { log } = await opened();
        await log.append(0, numbered(2));
        // A log on another machine has another clock; a minute tells milliseconds from seconds.
        for (const { timestampMs } of await readMessages(log, START, 2)) {
          expect(Math.abs(timestampMs - before)).toBeLessThan(60_000);
        }
      });

      test('the values of a block stay what they were while later blocks are read', async () => {
        const { log } = await opened();
        await log.append(0, numbered(40));
        const blocks: MessageBlock[] = [];
        const range = { partition: 0, from: 0, next: 40 };
        for await (const block of log.readRange(range, { ...TEST_READ_BOUNDS, blockMessagesMax: 4 }))
          blocks.push(block);
        expect(textsOf(messagesOf(blocks))).toEqual(texts(40));
      });
    });

    describe('read', () => {
      test('a read goes on from its position', async () => {
        const { log } = await opened();
        await log.append(0, numbered(10));
        const messages = await readMessages(log, new Map([[0, 6]]), 4);
        expect(textsOf(messages)).toEqual(texts(10).slice(6));
        expect(messages[0]?.offset).toBe(6);
      });

      test('a partition that the position does not name is read from its earliest offset', async () => {
        const { log } = await opened(2);
        await log.append(0, numbered(4));
        await log.append(1, numbered(4));
        const messages = await readMessages(log, new Map([[1, 3]]), 5);
        expect(messages.filter(({ partition }) => partition === 0).map(({ offset }) => offset)).toEqual([
          0, 1, 2, 3,
        ]);
        expect(messages.filter(({ partition }) => partition === 1).map(({ offset }) => offset)).toEqual([3]);
      });

      test('a partition at null is left out, and the next read goes on with it', async () => {
        const { log } = await opened(2);
        await log.append(0, numbered(3, 'left out'));
        await log.append(1, numbered(3));
        const position = new Map<number, number | null>([
          [0, null],
          [1, 1],
        ]);
        const rounds = await readRounds(log, position, (taken) => taken.length === 4);
        expect(textsOf(messagesOf(rounds.flatMap(({ blocks }) => blocks)))).toEqual(texts(3).slice(1));
        expect(rounds.map(({ partitionCount }) => partitionCount)).toEqual([2, 2, 2, 2]);
        const goingOn = await readMessages(log, new Map([...position, [0, 1], [1, 3]]), 2);
        expect(textsOf(goingOn)).toEqual(texts(3, 'left out').slice(1));
      });

      test('a read that leaves out every partition still gives rounds', async () => {
        const { log } = await opened();
        await log.append(0, numbered(3));
        const rounds = await readRounds(log, new Map([[0, null]]), (taken) => taken.length === 3);
        expect(rounds).toEqual(Array<ReadRound>(3).fill({ partitionCount: 1, blocks: [] }));
      });

      test('a round knows every partition, empty ones included, and has at most one block of each', async () => {
        const { log } = await opened(3);
        await log.append(0, numbered(5));
        await log.append(2, numbered(5));
        let count = 0;
        const rounds = await readRounds(log, START, (taken) => {
          count += messagesOf(taken.at(-1)?.blocks ?? []).length;
          return count >= 10;
        });
        for (const { partitionCount, blocks } of rounds) {
          expect(partitionCount).toBe(3);
          expect(new Set(blocks.map(({ partition }) => partition)).size).toBe(blocks.length);
        }
      });

      test('the blocks of a partition chain: each begins where the last one ended, and offsets rise', async () => {
        const { log } = await opened(2);
        await log.append(0, numbered(9));
        await log.append(1, numbered(9));
        const next = new Map([
          [0, 0],
          [1, 0],
        ]);
        const bounds = { ...TEST_READ_BOUNDS, blockMessagesMax: 2 };
        for await (const { blocks } of log.read(START, bounds, AbortSignal.timeout(10_000))) {
          for (const block of blocks) {
            expect(block.from).toBe(next.get(block.partition));
            let atLeast = block.from;
            for (const offset of block.offsets) {
              expect(offset).toBeGreaterThanOrEqual(atLeast);
              atLeast = offset + 1;
            }
            expect(block.next).toBeGreaterThanOrEqual(atLeast);
            expect(block.values).toHaveLength(block.offsets.length);
            expect(block.timestampsMs).toHaveLength(block.offsets.length);
            next.set(block.partition, block.next);
          }
          if (next.get(0) === 9 && next.get(1) === 9) break;
        }
        expect([...next]).toEqual([
          [0, 9],
          [1, 9],
        ]);
      });

      test('a waiting read brings a message that is appended', async () => {
        const { log } = await opened();
        const stop = new AbortController();
        const rounds = log.read(START, TEST_READ_BOUNDS, stop.signal)[Symbol.asyncIterator]();
        const first = await rounds.next();
        expect(first.done ? null : first.value.blocks).toEqual([]);
        const waiting = rounds.next();
        await log.append(0, [{ value: 'late' }]);
        let round = await waiting;
        while (!round.done && round.value.blocks.length === 0) round = await rounds.next();
        expect(round.done ? null : textsOf(messagesOf(round.value.blocks))).toEqual(['late']);
        stop.abort();
        expect((await rounds.next()).done).toBe(true);
      });

      test('a read brings the messages that another handle appends', async () => {
        const { log, reopen } = await opened();
        const other = await reopen();
        const reading = readMessages(log, START, 3);
        await other.append(0, numbered(3, 'other'));
        expect(textsOf(await reading)).toEqual(texts(3, 'other'));
      });

      test('two readers of one topic both get everything', async () => {
        const { log, reopen } = await opened();
        await log.append(0, numbered(5));
        const both = await Promise.all([readMessages(log, START, 5), readMessages(await reopen(), START, 5)]);
        expect(both.map(textsOf)).toEqual([texts(5), texts(5)]);
      });

      test('a silent log gives rounds without messages', async () => {
        const { log } = await opened(2);
        await readRounds(log, START, (taken) => taken.length === 1);
        const began = performance.now();
        const rounds = await readRounds(log, START, (taken) => taken.length === 5);
        expect(rounds).toEqual(Array<ReadRound>(5).fill({ partitionCount: 2, blocks: [] }));
        // Five waits of 100 ms, and a second for a log on the other side of a network.
        expect(performance.now() - began).toBeLessThan(5 * TEST_READ_BOUNDS.waitMsMax + 1_000);
      });

      test('a block ends with the message that reaches the bound of messages', async () => {
        const { log } = await opened();
        await log.append(0, numbered(20));
        const rounds = await readRounds(
          log,
          START,
          (taken) => messagesOf(taken.flatMap(({ blocks }) => blocks)).length >= 20,
          { ...TEST_READ_BOUNDS, blockMessagesMax: 3 },
        );
        const blocks = rounds.flatMap((round) => round.blocks);
        for (const block of blocks) expect(block.offsets.length).toBeLessThanOrEqual(3);
        expect(textsOf(messagesOf(blocks))).toEqual(texts(20));
      });

      test('a block ends with the message that reaches the bound of bytes, also with a larger single message', async () => {
        const { log } = await opened();
        const sizes = [400, 400, 400, 5_000, 400, 400];
        await log.append(
          0,
          sizes.map((size) => ({ value: new Uint8Array(size) })),
        );
        const rounds = await readRounds(
          log,
          START,
          (taken) => messagesOf(taken.flatMap(({ blocks }) => blocks)).length >= sizes.length,
          { ...TEST_READ_BOUNDS, blockBytesMax: 1_000 },
        );
        const blocks = rounds.flatMap((round) => round.blocks);
        for (const { values } of blocks) {
          const bytesBeforeTheLast = values
            .slice(0, -1)
            .reduce((sum, value) => sum + (value?.length ?? 0), 0);
          expect(bytesBeforeTheLast).toBeLessThan(1_000);
        }
        expect(messagesOf(blocks).map(({ hex }) => (hex ?? '').length / 2)).toEqual(sizes);
      });

      test('a full partition does not delay another one', async () => {
        const { log } = await opened(2);
        await log.append(0, numbered(60));
        await log.append(1, [{ value: 'the other' }]);
        const messages = await readMessages(log, START, 61, { ...TEST_READ_BOUNDS, blockMessagesMax: 2 });
        const place = textsOf(messages).indexOf('the other');
        expect(place).toBeGreaterThanOrEqual(0);
        expect(place).toBeLessThan(30);
      });

      test('a reader that pauses finds all messages in order, those of the pause too', async () => {
        const { log } = await opened();
        await log.append(0, numbered(6, 'before'));
        const rounds = log.read(
          START,
          { ...TEST_READ_BOUNDS, blockMessagesMax: 2 },
          AbortSignal.timeout(10_000),
        );
        const read: (string | null)[] = [];
        let paused = false;
        for await (const { blocks } of rounds) {
          read.push(...textsOf(messagesOf(blocks)));
          if (read.length > 0 && !paused) {
            paused = true;
            await log.append(0, numbered(6, 'meanwhile'));
          }
          if (read.length >= 12) break;
        }
        expect(read).toEqual([...texts(6, 'before'), ...texts(6, 'meanwhile')]);
      });
    });

    describe('stopping a read', () => {
      test('an abort ends a waiting read within a second and without a throw', async () => {
        const { log } = await opened();
        const stop = new AbortController();
        const rounds = log
          .read(START, { ...TEST_READ_BOUNDS, waitMsMax: 60_000 }, stop.signal)
          [Symbol.asyncIterator]();
        const waiting = rounds.next();
        await log.bounds();
        const began = performance.now();
        stop.abort();
        expect((await waiting).done).toBe(true);
        expect(performance.now() - began).toBeLessThan(1_000);
      });

      test('an abort between two rounds ends the read, even when there is more to read', async () => {
        const { log } = await opened();
        await log.append(0, numbered(10));
        const stop = new AbortController();
        let count = 0;
        for await (const { blocks } of log.read(
          START,
          { ...TEST_READ_BOUNDS, blockMessagesMax: 1 },
          stop.signal,
        )) {
          count += messagesOf(blocks).length;
          if (count > 0) stop.abort();
        }
        expect(count).toBe(1);
      });

      test('a read with an aborted signal gives no round', async () => {
        const { log } = await opened();
        await log.append(0, numbered(1));
        expect(await collect(log.read(START, TEST_READ_BOUNDS, AbortSignal.abort()))).toEqual([]);
      });

      test('a reader that breaks out leaves the log usable', async () => {
        const { log } = await opened();
        await log.append(0, numbered(2));
        for await (const { blocks } of log.read(START, TEST_READ_BOUNDS, AbortSignal.timeout(10_000))) {
          if (blocks.length > 0) break;
        }
        expect(textsOf(await readMessages(log, START, 2))).toEqual(texts(2));
      });
    });

    describe('readRange', () => {
      const bounds = { ...TEST_READ_BOUNDS, blockMessagesMax: 3 };

      test('a range gives exactly its messages, in bounded blocks that chain, and ends', async () => {
        const { log } = await opened(2);
        await log.append(0, numbered(4));
        await log.append(1, numbered(12));
        const blocks = await collect(log.readRange({ partition: 1, from: 2, next: 10 }, bounds));
        expect(textsOf(messagesOf(blocks))).toEqual(texts(12).slice(2, 10));
        let next = 2;
        for (const block of blocks) {
          expect(block.partition).toBe(1);
          expect(block.from).toBe(next);
          expect(block.offsets.length).toBeLessThanOrEqual(3);
          next = block.next;
        }
        expect(next).toBe(10);
      });

      test('a range may reach the end of the log', async () => {
        const { log } = await opened();
        await log.append(0, numbered(5));
        const blocks = await collect(log.readRange({ partition: 0, from: 0, next: 5 }, bounds));
        expect(messagesOf(blocks).map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4]);
      });

      test('an empty range gives no message', async () => {
        const { log } = await opened();
        await log.append(0, numbered(5));
        expect(messagesOf(await collect(log.readRange({ partition: 0, from: 3, next: 3 }, bounds)))).toEqual(
          [],
        );
      });

      test('a range beyond the end is refused', async () => {
        const { log } = await opened();
        await log.append(0, numbered(5));
        await expect(
          collect(log.readRange({ partition: 0, from: 3, next: 6 }, bounds)),
        ).rejects.toMatchObject({
          code: 'log-range-gone',
        });
      });

      test('an abort ends the reading of a range without a throw', async () => {
        const { log } = await opened();
        await log.append(0, numbered(9));
        const stop = new AbortController();
        const blocks: MessageBlock[] = [];
        for await (const block of log.readRange({ partition: 0, from: 0, next: 9 }, bounds, stop.signal)) {
          blocks.push(block);
          stop.abort();
        }
        expect(blocks).toHaveLength(1);
      });
    });

    describe('rejected rows', () => {
      const row = (offset: number, more: Partial<RejectedRow> = {}): RejectedRow => ({
        partition: 1,
        offset,
        line: 0,
        reason: 'feature-count',
        attempt: 1,
        bytes: Buffer.from(`{"data":[${offset}]}`),
        ...more,
      });

      test('rejected rows have their coordinates in headers and their original bytes as value', async () => {
        const { log, openRejected } = await opened(2);
        const rows = [
          row(7),
          row(8, { line: 2, reason: 'invalid-utf8', bytes: Uint8Array.of(0xff, 0xfe, 0x00) }),
          row(9, { reason: 'null-value', bytes: null, attempt: 2 }),
          row(10, {
            reason: 'too-large',
            bytes: Buffer.from('{"da'),
            wholeSha256: 'ab'.repeat(32),
            wholeBytes: 2_000_000,
          }),
        ];
        await log.appendRejected(rows);
        const messages = await readMessages(await openRejected(), START, rows.length);
        const place = ({ headers }: (typeof messages)[number]) => Number(headers?.['alder-offset']);
        const inOrder = [...messages].sort((a, b) => place(a) - place(b));
        expect(inOrder.map(({ headers }) => headers)).toEqual(
          rows.map((each) => rejectedMessage(log.identity.topic, each).headers),
        );
        expect(inOrder.map(({ hex }) => hex)).toEqual(
          rows.map(({ bytes }) => (bytes === null ? null : Buffer.from(bytes).toString('hex'))),
        );
      });

      test('rejected rows do not change the topic itself', async () => {
        const { log } = await opened(2);
        await log.appendRejected([row(1), row(2)]);
        expect((await log.bounds()).map(({ end }) => end)).toEqual([0, 0]);
      });

      test('appending no rejected rows is accepted', async () => {
        const { log } = await opened();
        await expect(log.appendRejected([])).resolves.toBeUndefined();
      });

      test('more rejected rows than one append takes are all stored', async () => {
        const { log, openRejected } = await opened();
        const count = APPEND_MESSAGES_MAX + 5;
        await log.appendRejected(Array.from({ length: count }, (_, i) => row(i)));
        const messages = await readMessages(await openRejected(), START, count);
        expect(new Set(messages.map(({ headers }) => headers?.['alder-offset'])).size).toBe(count);
      });
    });

    describe('reading rejected rows', () => {
      const row = (offset: number): RejectedRow => ({
        partition: 1,
        offset,
        line: 3,
        reason: 'unknown-class',
        attempt: 2,
        origin: { partition: 0, offset: 5, line: 1 },
        schemaDigest: 'cd'.repeat(32),
        bytes: Buffer.from(`row ${offset}`),
      });
      const MARKS: readonly ReplayProgress[] = [
        {
          kind: 'begun',
          run: 'one',
          from: new Map([
            [0, 5],
            [1, 0],
          ]),
        },
        {
          kind: 'replayed',
          row: { partition: 1, offset: 7, line: 3 },
          attempt: 2,
          sent: { partition: 1, offset: 9 },
        },
        { kind: 'ended', run: 'one' },
      ];

      test('rejected rows and replay progress come back in their order, and the reading ends', async () => {
        const { log } = await opened(2);
        await log.appendRejected([row(7), row(8)]);
        await log.appendReplayProgress(MARKS);
        await log.appendRejected([row(9)]);
        const messages = messagesOf(await collect(log.readRejected(START, TEST_READ_BOUNDS)));
        expect(textsOf(messages)).toEqual(['row 7', 'row 8', null, null, null, 'row 9']);
        expect(messages.map(({ headers }) => progressOf(headers!))).toEqual([null, null, ...MARKS, null]);
        expect(messages[0]!.headers).toEqual(rejectedMessage(log.identity.topic, row(7)).headers);
        expect((await log.bounds()).map(({ end }) => end)).toEqual([0, 0]);
      });

      test('a reading of rejected rows goes on where another one ended, in blocks within the bounds', async () => {
        const { log, reopen } = await opened();
        await log.appendRejected([1, 2, 3].map(row));
        const first = await collect(log.readRejected(START, { ...TEST_READ_BOUNDS, blockMessagesMax: 2 }));
        expect(first.map(({ offsets }) => offsets)).toEqual([[0, 1], [2]]);
        const { partition, next } = first.at(-1)!;
        const position = new Map([[partition, next]]);
        const other = await reopen();
        expect(await collect(other.readRejected(position, TEST_READ_BOUNDS))).toEqual([]);
        await log.appendRejected([row(4)]);
        const rest = await collect(other.readRejected(position, TEST_READ_BOUNDS));
        expect(textsOf(messagesOf(rest))).toEqual(['row 4']);
      });

      test('a reading of rejected rows ends where the topic ended when it began', async () => {
        const { log } = await opened();
        await log.appendRejected([1, 2].map(row));
        const texts: (string | null)[] = [];
        for await (const block of log.readRejected(START, { ...TEST_READ_BOUNDS, blockMessagesMax: 1 })) {
          texts.push(...textsOf(messagesOf([block])));
          await log.appendRejected([row(10 + texts.length)]);
        }
        expect(texts).toEqual(['row 1', 'row 2']);
      });

      test('no rejected rows give nothing, and an aborted signal ends their reading without a throw', async () => {
        const { log } = await opened();
        expect(await collect(log.readRejected(START, TEST_READ_BOUNDS))).toEqual([]);
        await log.appendReplayProgress([]);
        await log.appendRejected([row(1)]);
        expect(await collect(log.readRejected(START, TEST_READ_BOUNDS, AbortSignal.abort()))).toEqual([]);
      });
    });

    test('closing one handle leaves the other one working, and closing twice is fine', async () => {
      const { log, reopen } = await opened();
      const other = await reopen();
      await log.append(0, numbered(1));
      await other.close();
      await other.close();
      await log.append(0, [{ value: 'after' }]);
      expect(textsOf(await readMessages(log, START, 2))).toEqual(['row 0', 'after']);
    });
  });
}

import { isPlainlyHeldOut } from '../../scenarios/plain-murmur';
import { ROW, readThrough, rowMessages, withManualTrainer } from '../manual-trainer';

const HOUR_MS = 3_600_000;

describe('the moment of a cut', () => {
  test('a cut is due as soon as batchRows rows have come', async () => {
    await withManualTrainer({ settings: { batchRows: 3 } }, async ({ clock, log, records }) => {
      await log.append(0, rowMessages(2));
      await clock.advance(0);
      expect(await records()).toEqual([]);
      await log.append(0, rowMessages(1));
      await clock.advance(0);
      expect((await records()).map(({ lineage }) => lineage[0]!.next)).toEqual(['3']);
    });
  });

  test('a cut is due batchWaitMs after the first pending row, and not a millisecond before', async () => {
    const settings = { batchRows: 10, batchWaitMs: 700 };
    await withManualTrainer({ settings }, async ({ clock, log, records }) => {
      await clock.advance(5_000);
      await log.append(0, rowMessages(1));
      await clock.advance(600);
      await log.append(0, rowMessages(1));
      await clock.advance(99);
      expect(await records()).toEqual([]);
      await clock.advance(1);
      expect((await records()).map(({ rows }) => rows.window)).toEqual([2]);
      await clock.advance(HOUR_MS);
      expect(await records()).toHaveLength(1);
    });
  });

  test('a cut is never due for rejected rows alone', async () => {
    const settings = { batchRows: 1, batchWaitMs: 1 };
    await withManualTrainer({ settings }, async ({ clock, log, records }) => {
      await log.append(0, [{ value: 'not a row' }, { value: null }]);
      await clock.advance(10_000);
      expect(log.rejected.map(({ offset, reason }) => [offset, reason])).toEqual([
        [0, 'invalid-json'],
        [1, 'null-value'],
      ]);
      expect(await records()).toEqual([]);
    });
  });

  test('a cut takes at most batchRowsMax rows, and cuts follow as long as rows wait', async () => {
    const settings = { batchRows: 2, batchRowsMax: 2 };
    const before = (log: { append(p: number, m: { value: string }[]): Promise<unknown> }) =>
      log.append(0, rowMessages(5));
    await withManualTrainer({ settings, before }, async ({ clock, records }) => {
      await clock.advance(0);
      expect((await records()).map(({ lineage }) => lineage[0]!.next)).toEqual(['2', '4']);
      await clock.advance(1_000);
      expect((await records()).at(-1)!.lineage[0]!.next).toBe('5');
    });
  });
});

test('the first cut waits until every partition was read to where it ended when the trainer began', async () => {
  let deliverRest: () => void = () => undefined;
  const rest = new Promise<void>((resolve) => {
    deliverRest = resolve;
  });
  await withManualTrainer(
    {
      partitions: 2,
      settings: { batchRows: 1, batchRowsMax: 1_000, batchWaitMs: 1 },
      before: async (log) => {
        await log.append(0, rowMessages(5));
        await log.append(1, rowMessages(4));
      },
      through: (log) =>
        readThrough(log, async function* ({ partitionCount, blocks }) {
          yield { partitionCount, blocks: blocks.filter(({ partition }) => partition === 0) };
          await rest;
          yield { partitionCount, blocks: blocks.filter(({ partition }) => partition === 1) };
        }),
    },
    async ({ clock, records }) => {
      await clock.advance(60_000);
      expect(await records()).toEqual([]);
      deliverRest();
      await clock.advance(0);
      expect((await records()).map(({ lineage }) => lineage.map(({ next }) => next))).toEqual([['5', '4']]);
    },
  );
});

test('a trainer whose waiting rows are all held out sleeps until another row comes', async () => {
  let offset = 0;
  while (!isPlainlyHeldOut(0, offset, 0, 0.5)) offset++;
  const settings = { batchRows: 1, batchWaitMs: 1, holdoutShare: 0.5 };
  await withManualTrainer({ settings }, async ({ clock, log, records, naps }) => {
    await log.append(0, [...Array.from({ length: offset }, () => ({ value: 'not a row' })), { value: ROW }]);
    await clock.advance(1_000);
    const before = naps();
    await clock.advance(20_000);
    // In 20 s the cut loop wakes 20 times, the reader 80 (250 ms), the lease keeper 20 (a fifth of leaseMs), and the
    // watchers of the log and of paused partitions 10 each.
    expect(naps() - before).toBeLessThanOrEqual(140);
    expect(await records()).toEqual([]);
  });
});

test('a partition that is added is read from its beginning and takes its part of the window', async () => {
  const settings = { batchRows: 4, windowRows: 8 };
  await withManualTrainer({ settings }, async ({ clock, log, records }) => {
    await log.append(0, rowMessages(8));
    await clock.advance(0);
    log.addPartition();
    await log.append(1, rowMessages(4));
    await clock.advance(1_000);
    const [first, second] = await records();
    expect(first!.rows.window).toBe(8);
    expect(second!.lineage.map(({ windowFrom, next }) => [windowFrom, next])).toEqual([
      ['4', '8'],
      ['0', '4'],
    ]);
  });
});

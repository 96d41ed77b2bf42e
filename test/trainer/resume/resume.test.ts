import type { MemoryRowLog } from '../../support/memory-row-log';
import { type ManualTrainer, rowMessages, withManualTrainer } from '../manual-trainer';

const LEASE_RUNS_OUT_MS = 20_000;

/** Trains on ten rows of each of two partitions, then starts a trainer on a log that changes while it is read. */
async function startAgain(
  through: (log: MemoryRowLog) => MemoryRowLog,
  use: (second: ManualTrainer) => Promise<void>,
): Promise<void> {
  await withManualTrainer({ partitions: 2, settings: { batchRows: 20 } }, async (first) => {
    for (const partition of [0, 1]) await first.log.append(partition, rowMessages(10));
    await first.clock.advance(1_000);
    expect((await first.records()).at(-1)!.rows.window).toBe(20);
    await withManualTrainer({ after: first, settings: { batchRows: 1 }, through }, async (second) => {
      second.ended.catch(() => undefined);
      await second.clock.advance(LEASE_RUNS_OUT_MS);
      await use(second);
    });
  });
}

/** Calls `before` ahead of each block of a window, with the number of blocks before it. */
function readingWindow(log: MemoryRowLog, before: (blocksSoFar: number) => void): MemoryRowLog {
  let blocks = 0;
  const readRange: MemoryRowLog['readRange'] = async function* (range, bounds, signal) {
    // The check of a record's last message reads one message; it is no reading of a window.
    if (bounds.blockMessagesMax === 1) return yield* log.readRange(range, bounds, signal);
    const few = { ...bounds, blockMessagesMax: 4 };
    for (let from = range.from; from < range.next; ) {
      before(blocks++);
      const block = log.rangeBlock({ ...range, from }, few);
      yield block;
      from = block.next;
    }
  };
  return Object.create(log, { readRange: { value: readRange } }) as MemoryRowLog;
}

test('retention between two blocks of the window shortens the window, and training goes on', async () => {
  await startAgain(
    (log) => readingWindow(log, (blocks) => blocks === 1 && log.deleteBelow(0, 6)),
    async ({ clock, log, warnings, records }) => {
      await log.append(0, rowMessages(1));
      await clock.advance(1_000);
      expect(warnings).toContain('window-shortened');
      const newest = (await records()).at(-1)!;
      expect(newest.version).toBe(2);
      expect(newest.lineage).toMatchObject([
        { start: '0', windowFrom: '6', next: '11', accepted: 11 },
        { start: '0', windowFrom: '0', next: '10', accepted: 10 },
      ]);
      expect(newest.rows.window).toBe(15);
    },
  );
});

test('retention that moves again and again is followed up to the next offset of the record', async () => {
  await startAgain(
    (log) => readingWindow(log, (blocks) => log.deleteBelow(blocks % 2, Math.min(10, blocks + 1))),
    async ({ clock, log, records }) => {
      await log.append(1, rowMessages(1));
      await clock.advance(1_000);
      const newest = (await records()).at(-1)!;
      expect(newest).toMatchObject({ version: 2, lineage: [{ next: '10' }, { next: '11', accepted: 11 }] });
      // Each window starts at the earliest offset of its reading; rows that were deleted later had been read.
      const windowRows = newest.lineage.reduce((rows, p) => rows + Number(p.next) - Number(p.windowFrom), 0);
      expect(newest.rows.window).toBe(windowRows);
      expect(newest.rows.window).toBeLessThan(21);
    },
  );
});

test('retention that passes the next offset of the record while the window is read is a loss', async () => {
  await startAgain(
    (log) =>
      readingWindow(log, (blocks) => {
        if (blocks !== 1) return;
        void log.append(0, rowMessages(5));
        log.deleteBelow(0, 12);
      }),
    async ({ ended, records }) => {
      await expect(ended).rejects.toMatchObject({
        code: 'log-range-gone',
        message: 'offset 10 of partition 0 is gone, earliest is 12: rows were lost before they were read',
      });
      expect(await records()).toHaveLength(1);
    },
  );
});

test('a range that is missing although the earliest offsets have not moved is not read again', async () => {
  let looks = 0;
  await startAgain(
    (log) =>
      readingWindow(log, () => {
        looks++;
        log.rangeBlock(
          { partition: 0, from: 1_000, next: 1_001 },
          { blockMessagesMax: 1, blockBytesMax: 1, waitMsMax: 0 },
        );
      }),
    async ({ ended }) => {
      await expect(ended).rejects.toMatchObject({ code: 'log-range-gone' });
      expect(looks).toBe(1);
    },
  );
});

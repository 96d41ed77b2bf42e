import type { RowLog } from '../../../shared/row-log/row-log';
import { badRowMessages, type ManualOptions, rowMessages, withManualTrainer } from '../manual-trainer';

const SETTINGS = { batchRows: 100, batchRowsMax: 10_000 };

type Append = Pick<RowLog, 'append'>;

/** Appends up to 1,000 messages a call: a block then holds them all, so a pause has to stop in its middle. */
const bad = (log: Append, count: number, partition = 0) => appendAll(log, partition, badRowMessages(count));
const good = (log: Append, count: number, partition = 0) => appendAll(log, partition, rowMessages(count));

async function appendAll(log: Append, partition: number, messages: { value: string }[]): Promise<void> {
  for (let from = 0; from < messages.length; from += 1_000) {
    await log.append(partition, messages.slice(from, from + 1_000));
  }
}

function withPausing(options: ManualOptions, use: Parameters<typeof withManualTrainer>[1]): Promise<void> {
  return withManualTrainer({ ...options, settings: { ...SETTINGS, ...options.settings } }, use);
}

describe('the pause of a partition', () => {
  test('a partition pauses behind the row that makes more than half of its last thousand rows bad', async () => {
    await withPausing({}, async ({ clock, log, paused, warnings }) => {
      await good(log, 600);
      await bad(log, 400);
      await clock.advance(0);
      expect(paused()).toEqual([]);
      // With 100 more, 500 of the last thousand rows are bad; one more bad row opens the breaker.
      await bad(log, 100);
      await clock.advance(0);
      expect(paused()).toEqual([]);
      await bad(log, 300);
      await clock.advance(0);
      expect(paused()).toEqual([
        { partition: 0, position: 1_101, rejected: 501, rows: 1_000, reason: 'unknown-class' },
      ]);
      expect(warnings).toEqual(['breaker-open']);
      // Rows behind the position are neither rejected nor lost.
      expect(log.rejected).toHaveLength(501);
    });
  });

  test('a partition with fewer than a thousand rows never pauses, even if all are bad', async () => {
    await withPausing({}, async ({ clock, log, paused }) => {
      await bad(log, 999);
      await clock.advance(60_000);
      expect(paused()).toEqual([]);
      await bad(log, 1);
      await clock.advance(0);
      expect(paused()).toMatchObject([{ position: 1_000, rejected: 1_000 }]);
    });
  });

  test('a partition pauses by its rows and not its messages: one message may hold enough of them', async () => {
    await withPausing({}, async ({ clock, log, paused }) => {
      const [row] = badRowMessages(1);
      await log.append(0, [{ value: Array<string>(1_200).fill(row!.value).join('\n') }, row!]);
      await clock.advance(0);
      expect(paused()).toMatchObject([{ position: 1, rejected: 1_000 }]);
      expect(log.rejected).toHaveLength(1_200);
    });
  });

  test('versions are made of the other partitions while one is paused', async () => {
    await withPausing({ partitions: 2 }, async ({ clock, log, paused, records }) => {
      await bad(log, 3_000);
      await good(log, 150, 1);
      await clock.advance(1_000);
      expect(paused()).toMatchObject([{ partition: 0, position: 1_000 }]);
      await good(log, 100, 1);
      await clock.advance(1_000);
      const newest = (await records()).at(-1)!;
      expect(newest.lineage).toMatchObject([
        { next: '1000', accepted: 0, rejected: 1_000 },
        { next: '250', accepted: 250 },
      ]);
    });
  });

  test('a paused partition holds up the answer to a refit request, which asks for all that the log holds', async () => {
    await withPausing({}, async ({ clock, log, registry }) => {
      await good(log, 100);
      await clock.advance(0);
      await bad(log, 1_000);
      await clock.advance(0);
      await bad(log, 10);
      await registry.askForRefit();
      await clock.advance(60_000);
      expect((await registry.loadState()).answered).toBeNull();
    });
  });
});

describe('the end of a pause', () => {
  test('a paused partition resumes once the newest rows are mostly good, and rejects every bad row on the way', async () => {
    await withPausing({}, async ({ clock, log, paused, records }) => {
      await bad(log, 5_000);
      await clock.advance(60_000);
      expect(paused()).toMatchObject([{ position: 1_000 }]);
      await good(log, 499);
      await clock.advance(10_000);
      expect(paused()).toMatchObject([{ position: 1_000 }]);
      await good(log, 1);
      await clock.advance(10_000);
      expect(paused()).toEqual([]);
      expect(log.rejected.map(({ offset }) => offset)).toEqual(Array.from({ length: 5_000 }, (_, i) => i));
      expect((await records()).at(-1)!.lineage[0]).toMatchObject({
        messages: 5_500,
        accepted: 500,
        rejected: 5_000,
        next: '5500',
      });
    });
  });

  test('a paused partition also resumes when so few rows came that the rows before the pause still count', async () => {
    await withPausing({}, async ({ clock, log, paused }) => {
      await bad(log, 1_000);
      await clock.advance(0);
      await good(log, 400);
      await clock.advance(10_000);
      expect(paused()).toHaveLength(1);
      await good(log, 100);
      await clock.advance(10_000);
      expect(paused()).toEqual([]);
    });
  });

  test('a resumed partition pauses again when its rows are bad again', async () => {
    await withPausing({}, async ({ clock, log, paused, warnings }) => {
      await bad(log, 1_000);
      await good(log, 1_000);
      await clock.advance(10_000);
      expect(paused()).toEqual([]);
      await bad(log, 600);
      await clock.advance(10_000);
      expect(paused()).toMatchObject([{ position: 2_501 }]);
      expect(warnings).toEqual(['breaker-open', 'breaker-open']);
    });
  });

  test('a trainer that skips the breaker rejects every bad row and never pauses', async () => {
    await withPausing({ settings: { skipBreaker: 'true' } }, async ({ clock, log, paused }) => {
      await bad(log, 3_000);
      await clock.advance(0);
      expect(paused()).toEqual([]);
      expect(log.rejected).toHaveLength(3_000);
    });
  });
});

describe('the pause of a trainer that starts again', () => {
  test('a trainer that starts again comes to the same pause, also when the rows before were read by the one before', async () => {
    await withPausing({}, async (first) => {
      // Two of five rows are good: the breaker opens between cuts, with bad rows before and behind the record's end.
      for (let i = 0; i < 500; i++) {
        await bad(first.log, 3);
        await good(first.log, 2);
      }
      await first.clock.advance(0);
      const [before] = first.paused();
      expect(before!.position).toBeLessThan(1_010);
      for (let start = 0; start < 3; start++) {
        await withPausing({ after: first }, async ({ clock, paused, warnings }) => {
          await clock.advance(20_000);
          expect(paused()).toEqual([before]);
          expect(warnings).toEqual(['breaker-open']);
        });
      }
    });
  });

  test('a trainer that skips the breaker goes on from the pause, and the next one without the flag pauses where it ended', async () => {
    await withPausing({}, async (first) => {
      await good(first.log, 100);
      await bad(first.log, 2_000);
      await first.clock.advance(0);
      expect(first.paused()).toMatchObject([{ position: 1_000 }]);
      await withPausing(
        { after: first, settings: { skipBreaker: 'yes' } },
        async ({ clock, log, records }) => {
          await clock.advance(20_000);
          await good(log, 100);
          await clock.advance(20_000);
          expect((await records()).at(-1)!.lineage[0]).toMatchObject({ next: '2200', rejected: 2_000 });
        },
      );
      await withPausing({ after: first }, async ({ clock, log, paused }) => {
        await bad(log, 10);
        await clock.advance(20_000);
        expect(paused()).toMatchObject([{ position: 2_200, rejected: 900 }]);
      });
    });
  });
});

test('retention that reaches the position of a paused partition is loss: the trainer stops with an alarm', async () => {
  await withPausing({}, async ({ clock, log, paused, ended }) => {
    await bad(log, 2_000);
    await clock.advance(0);
    expect(paused()).toMatchObject([{ position: 1_000 }]);
    log.deleteBelow(0, 1_001);
    await clock.advance(10_000);
    await expect(ended).rejects.toMatchObject({ code: 'log-range-gone' });
  });
});

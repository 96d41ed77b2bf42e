import { AlderError } from '../../../shared/errors';
import { DEFAULT_READ_BOUNDS } from '../../../shared/row-log/bounds';
import { collect } from '../../support/log-reading';
import { blockFrom, readThrough, rowMessages, withManualTrainer } from '../manual-trainer';

test('a message that is delivered twice counts once', async () => {
  await withManualTrainer(
    {
      settings: { batchRows: 4 },
      through: (log) =>
        readThrough(log, async function* ({ partitionCount, blocks }) {
          // Three deliveries from the first offset: to the middle of the new messages, to their end, and to their end again.
          for (const { partition, from, next } of blocks) {
            for (const end of [Math.ceil((from + next) / 2), next, next]) {
              const range = { partition, from: 0, next: end };
              yield { partitionCount, blocks: await collect(log.readRange(range, DEFAULT_READ_BOUNDS)) };
            }
          }
        }),
    },
    async ({ clock, log, records }) => {
      await log.append(0, [...rowMessages(3), { value: 'not a row' }, ...rowMessages(1)]);
      await clock.advance(0);
      await log.append(0, rowMessages(4));
      await clock.advance(0);
      const newest = (await records()).at(-1)!;
      expect(newest.lineage[0]).toMatchObject({
        messages: 9,
        accepted: 8,
        rejected: 1,
        skipped: 0,
        next: '9',
      });
      expect(log.rejected.map(({ offset }) => offset)).toEqual([3]);
    },
  );
});

test('a gap that the log explains is skipped: its earliest offset is at or below the expected one', async () => {
  await withManualTrainer({ settings: { batchRows: 2 } }, async ({ clock, log, records }) => {
    await log.append(0, rowMessages(1));
    log.appendControlRecords(0, 3);
    await log.append(0, rowMessages(1));
    await clock.advance(0);
    expect((await records())[0]!.lineage[0]).toMatchObject({ messages: 2, skipped: 3, next: '5' });
  });
});

test('a gap below the earliest offset is loss: the trainer stops with an alarm', async () => {
  await withManualTrainer(
    {
      settings: { batchRows: 1 },
      through: (log) =>
        readThrough(log, async function* ({ partitionCount, blocks }) {
          const isFirst = blocks.some(({ from }) => from === 0);
          if (isFirst) log.deleteBelow(0, 2);
          yield { partitionCount, blocks: isFirst ? blocks.map((block) => blockFrom(block, 2)) : blocks };
        }),
    },
    async ({ log, ended, records, registry }) => {
      await log.append(0, rowMessages(4));
      await expect(ended).rejects.toMatchObject({
        code: 'log-range-gone',
        message: expect.stringMatching(/offset 0 of partition 0 .* earliest is 2/),
      });
      expect(await records()).toEqual([]);
      expect((await registry.loadState()).lease!.holder).toBe('');
    },
  );
});

test('rejected rows that are not acknowledged hold up everything behind them', async () => {
  let isRefusing = true;
  await withManualTrainer(
    {
      settings: { batchRows: 1 },
      before: async (log) => {
        const appendRejected = log.appendRejected.bind(log);
        log.appendRejected = async (rows) => {
          if (isRefusing) throw new AlderError('rejected-append-refused', 'the topic is full');
          await appendRejected(rows);
        };
      },
    },
    async ({ clock, log, records, warnings }) => {
      await log.append(0, [{ value: 'not a row' }, ...rowMessages(1)]);
      await clock.advance(60_000);
      expect(warnings).toContain('rejected-append-refused');
      expect(await records()).toEqual([]);
      isRefusing = false;
      await clock.advance(1_000);
      expect(log.rejected.map(({ partition, offset, line }) => [partition, offset, line])).toEqual([
        [0, 0, 0],
      ]);
      expect((await records())[0]!.lineage[0]).toMatchObject({ messages: 2, accepted: 1, rejected: 1 });
    },
  );
});

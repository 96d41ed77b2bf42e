import { FeatureRanges } from '../../../services/trainer/report/feature-ranges';
import { PartitionRows } from '../../../services/trainer/window/partition-rows';
import { trainerReport } from '../../../shared/api/trainer-report';
import { BAD_ROW, badRowMessages, type ManualTrainer, ROW, withManualTrainer } from '../manual-trainer';

const reportOf = async ({ registry }: ManualTrainer) =>
  trainerReport.parse(JSON.parse((await registry.loadReport())!));
const rows = (count: number) => Array.from({ length: count }, () => ({ value: ROW }));

test('a report has rows read and rejected, pending rows, and the lag behind the log', async () => {
  const settings = { batchRows: 10, batchWaitMs: 3_600_000 };
  await withManualTrainer({ settings }, async (trainer) => {
    await trainer.clock.advance(2_000);
    await trainer.log.append(0, [...rows(3), ...badRowMessages(2)]);
    await trainer.clock.advance(2_000);
    const { trainer: who, log, refit, rejected, features, lagMessages, ...rest } = await reportOf(trainer);
    expect(who).toEqual({ id: 'trainer-a', code: 'test' });
    expect(log.topic).toBe(trainer.log.identity.topic);
    expect(rest.rows).toEqual({ accepted: 3, rejected: 2 });
    expect(refit).toEqual({ pendingRows: 3, batchRows: 10, batchWaitMs: 3_600_000, windowRows: 2_000 });
    expect(lagMessages).toBe(0);
    expect(rejected).toEqual({
      reasons: { 'unknown-class': 2 },
      newest: [
        { partition: 0, offset: '4', line: 0, reason: 'unknown-class' },
        { partition: 0, offset: '3', line: 0, reason: 'unknown-class' },
      ],
    });
    expect(features[0]).toEqual({ name: 'sepal_length', unit: 'cm', min: 5.1, max: 5.1 });
  });
});

test('rates are rows a second between two heartbeats', async () => {
  await withManualTrainer({}, async (trainer) => {
    await trainer.clock.advance(5_000);
    await trainer.log.append(0, rows(30));
    await trainer.clock.advance(1_000);
    expect((await reportOf(trainer)).perSecond.accepted).toBeCloseTo(30, 5);
    // That heartbeat requested the ends of the log, and the next one reports them.
    await trainer.clock.advance(1_000);
    expect((await reportOf(trainer)).perSecond.appendedMessages).toBeCloseTo(30, 5);
    await trainer.clock.advance(2_000);
    expect((await reportOf(trainer)).perSecond).toEqual({ accepted: 0, rejected: 0, appendedMessages: 0 });
  });
});

test('a log that does not answer leaves the lag unknown and delays no heartbeat', async () => {
  let isAway = false;
  await withManualTrainer(
    {
      through: (log) => {
        const bounds: typeof log.bounds = () => (isAway ? new Promise(() => undefined) : log.bounds());
        return Object.create(log, { bounds: { value: bounds } });
      },
    },
    async (trainer) => {
      isAway = true;
      const before = (await trainer.registry.loadState()).lease!.beat;
      await trainer.clock.advance(5_000);
      expect((await trainer.registry.loadState()).lease!.beat).toBeGreaterThanOrEqual(before + 4);
      expect((await reportOf(trainer)).perSecond.appendedMessages).toBeNull();
    },
  );
});

test('the rejected rows of a report are the newest few', async () => {
  await withManualTrainer({ settings: { skipBreaker: 'true' } }, async (trainer) => {
    const lines = Array.from({ length: 40 }, () => BAD_ROW).join('\n');
    await trainer.log.append(0, [{ value: lines }]);
    await trainer.clock.advance(2_000);
    const { rejected } = await reportOf(trainer);
    expect(rejected.reasons).toEqual({ 'unknown-class': 40 });
    expect(rejected.newest.map(({ line }) => line)).toEqual([39, 38, 37, 36, 35, 34, 33, 32, 31, 30]);
  });
});

test('feature ranges scan every row once, a bounded number at a time', () => {
  const store = new PartitionRows(0, 2, 4);
  const ranges = new FeatureRanges(2);
  const add = (...values: readonly [number, number][]) => {
    for (const [a, b] of values) {
      const at = store.rows.reserve();
      store.rows.features.set([a, b], at);
      store.rows.commit(0, 0);
    }
  };
  add([1, 10], [2, 20], [3, -5]);
  ranges.scan([store], 2);
  expect([[...ranges.min], [...ranges.max]]).toEqual([
    [1, 10],
    [2, 20],
  ]);
  add([9, 0], [-7, 1], [4, 4]);
  ranges.scan([store], 100);
  expect([[...ranges.min], [...ranges.max]]).toEqual([
    [-7, -5],
    [9, 20],
  ]);
});

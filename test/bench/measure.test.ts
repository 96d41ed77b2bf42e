import type { Contender, RatioFigure } from '../../bench/harness/figure';
import { measure } from '../../bench/harness/measure';
import { quantile, spreadOf } from '../../bench/harness/spread';
import { resultRows } from '../../bench/harness/table';

const silent = () => undefined;

/** Returns the values one after the other; the first is that of the warm-up round. */
function contender(name: string, values: number[], calls: string[] = []): Contender {
  let round = 0;
  return {
    name,
    run: () => {
      calls.push(name);
      return values[round++]!;
    },
  };
}

function figure(changes: Partial<RatioFigure>): RatioFigure {
  return {
    kind: 'ratio',
    name: 'fit',
    conditions: '3 rows',
    unit: 'ms',
    isLowerBetter: true,
    rounds: 3,
    ours: contender('ours', [9, 1, 2, 4]),
    yardsticks: [{ ...contender('theirs', [9, 10, 10, 20]), target: 6 }],
    ...changes,
  };
}

test('a ratio is computed within its round, and the warm-up round does not count', async () => {
  // 10 / 1, 10 / 2 and 20 / 4.
  const [theirs] = (await measure(figure({}), silent)).yardsticks;
  expect(theirs!.measured).toEqual({
    samples: { median: 10, low: 10, high: 20 },
    ratio: { median: 5, low: 5, high: 10 },
  });
});

test('the ratio is inverted for a figure where more is better', async () => {
  const [theirs] = (await measure(figure({ isLowerBetter: false }), silent)).yardsticks;
  expect(theirs!.measured!.ratio).toEqual({ median: 0.2, low: 0.1, high: 0.2 });
});

test('every round runs all contenders, each round starting with another one', async () => {
  const calls: string[] = [];
  const ours = contender('ours', [1, 1, 1], calls);
  const yardsticks = [{ ...contender('theirs', [1, 1, 1], calls), target: 1 }];
  await measure(figure({ rounds: 2, ours, yardsticks }), silent);
  expect(calls).toEqual(['ours', 'theirs', 'ours', 'theirs', 'theirs', 'ours']);
});

test('a missing yardstick is named with its reason and gets no number', async () => {
  const result = await measure(
    figure({ yardsticks: [{ name: 'scikit-learn', target: 15, missing: 'there is no python3' }] }),
    silent,
  );
  expect(result.yardsticks[0]).toMatchObject({ measured: null, missing: 'there is no python3' });
  expect(resultRows(result)[0]).toContain('scikit-learn: skipped, there is no python3');
});

test('a missed target is marked as missed', async () => {
  expect(resultRows(await measure(figure({}), silent))[0]!.at(-1)).toBe('missed');
});

test('a round that measured nothing ends the bench', async () => {
  await expect(measure(figure({ ours: contender('ours', [1, 0]) }), silent)).rejects.toThrow('measured 0');
});

test('the median is the mean of the two middle samples, a quantile is one of the samples', () => {
  expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, low: 1, high: 4 });
  expect(quantile([5, 1, 4, 2, 3], 0.5)).toBe(3);
  expect(quantile([5, 1, 4, 2, 3], 0.99)).toBe(5);
});

test('a check reports its finding and has no measured number', async () => {
  const outcome = { holds: false, found: '3 splits differ' };
  const result = await measure(
    { kind: 'check', name: 'the same tree', conditions: '3 rows', check: async () => outcome },
    silent,
  );
  expect(result).toMatchObject({ check: outcome, ours: null });
  expect(resultRows(result)).toEqual([['the same tree (3 rows)', '3 splits differ', '', '', '', 'FAILED']]);
});

import fc from 'fast-check';
import { RECENT_ROWS, RecentRows } from '../../../services/trainer/read/breaker';
import type { RowFault } from '../../../shared/errors';

const FATES: readonly (RowFault | null)[] = [null, 'invalid-json', 'unknown-class'];

test('recent rows are exactly the last thousand rows, whatever the messages that brought them', () => {
  const message = fc.record({
    accepted: fc.integer({ min: 0, max: 1_500 }),
    reasons: fc.array(fc.constantFrom<RowFault>('invalid-json', 'unknown-class'), { maxLength: 400 }),
  });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 12 }), (messages) => {
      const recent = new RecentRows();
      const all: (RowFault | null)[] = [];
      for (const { accepted, reasons } of messages) {
        recent.add(accepted, reasons);
        all.push(...Array<null>(accepted).fill(null), ...reasons);
        const last = all.slice(-RECENT_ROWS);
        const rejected = last.filter((fate) => fate !== null).length;
        expect([recent.count, recent.rejected]).toEqual([last.length, rejected]);
        expect(recent.areMostlyBad).toBe(rejected > last.length / 2);
      }
    }),
    { numRuns: 50, seed: 1 },
  );
});

test('half of the rows bad is not mostly bad, one more row is', () => {
  const recent = new RecentRows();
  recent.add(500, Array<RowFault>(500).fill('invalid-json'));
  expect(recent.areMostlyBad).toBe(false);
  recent.add(0, ['invalid-json']);
  expect([recent.rejected, recent.areMostlyBad]).toEqual([501, true]);
});

test('the commonest reason is that of most rejected rows', () => {
  const recent = new RecentRows();
  expect(recent.commonestReason).toBeNull();
  for (const fate of [...FATES, ...FATES, 'unknown-class' as const])
    recent.add(fate === null ? 1 : 0, fate === null ? [] : [fate]);
  expect(recent.commonestReason).toBe('unknown-class');
});

test('a copy of recent rows does not change with the original', () => {
  const recent = new RecentRows();
  recent.add(0, ['invalid-json']);
  const copy = recent.copy();
  copy.add(0, ['invalid-json']);
  expect([recent.count, copy.count]).toEqual([1, 2]);
});

import fc from 'fast-check';
import { DEFAULT_READ_BOUNDS } from '../../../../shared/row-log/bounds';
import { blocksOf, safeOffset } from '../../../../shared/row-log/kafka/decoding/blocks';
import { fetchedRecord, type RecordPlan } from '../../../support/kafka-records';

const fetched = (plans: readonly RecordPlan[]) => ({
  partition: 3,
  abortedTransactions: null,
  messages: plans.map(fetchedRecord),
});
const upTo = (count: number) => Array.from({ length: count }, (_, offset) => ({ offset }));

describe('blocks of a fetch', () => {
  it('an answer without records makes no block', () => {
    expect(blocksOf(fetched([]), 4, DEFAULT_READ_BOUNDS)).toEqual([]);
  });

  it('blocks begin at the asked offset though the record batch began before it', () => {
    const [block] = blocksOf(fetched(upTo(5)), 3, DEFAULT_READ_BOUNDS);
    expect(block).toMatchObject({ partition: 3, from: 3, next: 5, offsets: [3, 4] });
    expect(block?.timestampsMs).toEqual([1_700_000_000_003, 1_700_000_000_004]);
  });

  it.each([
    ['0', 0],
    ['8640000000000000', 8.64e15],
    ['8640000000000001', -1],
    ['1700000000000000000', -1],
    ['9223372036854775807', -1],
    ['-1', -1],
    ['-7', -1],
  ])('the timestamp %s becomes %d, where -1 stands for none', (timestamp, timestampMs) => {
    const messages = [{ ...fetchedRecord({ offset: 0 }), timestamp }];
    const [block] = blocksOf({ partition: 0, abortedTransactions: null, messages }, 0, DEFAULT_READ_BOUNDS);
    expect(block?.timestampsMs).toEqual([timestampMs]);
  });

  it('records below the asked offset make no block', () => {
    expect(blocksOf(fetched(upTo(3)), 3, DEFAULT_READ_BOUNDS)).toEqual([]);
  });

  it('blocks step over control records at the end, also when nothing else came', () => {
    const marker = { offset: 2, marker: 'commit' } as const;
    expect(blocksOf(fetched([...upTo(2), marker]), 0, DEFAULT_READ_BOUNDS)).toMatchObject([
      { from: 0, next: 3, offsets: [0, 1] },
    ]);
    expect(blocksOf(fetched([marker]), 2, DEFAULT_READ_BOUNDS)).toMatchObject([
      { from: 2, next: 3, offsets: [] },
    ]);
  });

  it('blocks step over the end of a batch whose last records were deleted', () => {
    const batch = { firstOffset: 0, lastOffsetDelta: 9 };
    const records = [0, 1].map((offset) => ({ offset, batch }));
    expect(blocksOf(fetched(records), 0, DEFAULT_READ_BOUNDS)).toMatchObject([{ next: 10, offsets: [0, 1] }]);
  });

  it('a block ends with the message that reaches a bound', () => {
    const byMessages = blocksOf(fetched(upTo(5)), 0, { ...DEFAULT_READ_BOUNDS, blockMessagesMax: 2 });
    expect(byMessages.map(({ offsets }) => offsets)).toEqual([[0, 1], [2, 3], [4]]);
    // Each value has 5 bytes, so the second one reaches 8.
    const byBytes = blocksOf(fetched(upTo(5)), 0, { ...DEFAULT_READ_BOUNDS, blockBytesMax: 8 });
    expect(byBytes.map(({ offsets }) => offsets)).toEqual([[0, 1], [2, 3], [4]]);
  });

  it('headers are text, the last value of a name, and null where no message of the block has any', () => {
    const records: RecordPlan[] = [
      { offset: 0 },
      {
        offset: 1,
        headers: { once: Buffer.from('grün'), twice: [Buffer.from('first'), 'last'], toString: 'own' },
      },
    ];
    const [both] = blocksOf(fetched(records), 0, DEFAULT_READ_BOUNDS);
    expect(both?.headers).toEqual([null, { once: 'grün', twice: 'last', toString: 'own' }]);
    const [without] = blocksOf(fetched(upTo(2)), 0, DEFAULT_READ_BOUNDS);
    expect(without?.headers).toBeNull();
  });

  it('blocks hold every readable message once and chain, whatever the bounds, gaps and markers', () => {
    const step = fc.record({ gap: fc.integer({ min: 1, max: 3 }), isMarker: fc.boolean() });
    const limit = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 30 }),
        fc.nat(20),
        limit,
        limit,
        (steps, from, messagesMax, bytesMax) => {
          let offset = -1;
          const plans = steps.map(({ gap, isMarker }): RecordPlan => {
            offset += gap;
            return isMarker ? { offset, marker: 'commit' } : { offset };
          });
          const bounds = { blockMessagesMax: messagesMax, blockBytesMax: bytesMax, waitMsMax: 1 };
          const blocks = blocksOf(fetched(plans), from, bounds);
          const expected = plans.filter((plan) => plan.marker === undefined && plan.offset >= from);
          expect(blocks.flatMap(({ offsets }) => offsets)).toEqual(expected.map((plan) => plan.offset));
          let next = from;
          for (const block of blocks) {
            expect(block.from).toBe(next);
            expect(block.offsets.length).toBeLessThanOrEqual(messagesMax);
            next = block.next;
          }
          expect(next).toBe(Math.max(from, offset + 1));
        },
      ),
      { seed: 2 },
    );
  });

  it('an offset that a number cannot hold is refused', () => {
    expect(safeOffset('9007199254740991')).toBe(9_007_199_254_740_991);
    expect(() => safeOffset('9007199254740992')).toThrow(
      expect.objectContaining({ code: 'offset-too-large' }),
    );
  });
});

import fc from 'fast-check';
import { readable } from '../../../../shared/row-log/kafka/decoding/aborted-records';
import type { AbortedTransaction } from '../../../../shared/row-log/kafka/decoding/fetch-answer';
import type { FetchedRecord } from '../../../../shared/row-log/kafka/decoding/record-batches';
import { fetchedRecord } from '../../../support/kafka-records';

const offsetsOf = (records: readonly FetchedRecord[]) => records.map(({ offset }) => Number(offset));
const read = (records: readonly FetchedRecord[], aborted: readonly AbortedTransaction[] | null) =>
  offsetsOf(records.filter(readable(records, aborted)));

const inTransaction = (offset: number, producerId: string) =>
  fetchedRecord({ offset, producerId, inTransaction: true });
const ending = (offset: number, producerId: string, marker: 'commit' | 'abort') =>
  fetchedRecord({ offset, producerId, inTransaction: true, marker });

describe('records of aborted transactions', () => {
  it('all records but control records are readable without an aborted transaction', () => {
    const records = [fetchedRecord({ offset: 0 }), inTransaction(1, '7'), ending(2, '7', 'commit')];
    expect(read(records, null)).toEqual([0, 1]);
    expect(read(records, [])).toEqual([0, 1]);
  });

  it('records are dropped up to the abort marker, and the next commit of the same producer is read', () => {
    const records = [
      inTransaction(0, '7'),
      ending(1, '7', 'abort'),
      inTransaction(2, '7'),
      ending(3, '7', 'commit'),
    ];
    expect(read(records, [{ producerId: '7', firstOffset: '0' }])).toEqual([2]);
  });

  it('records are dropped when their aborted transaction began before the answer', () => {
    const records = [inTransaction(5, '7'), ending(6, '7', 'abort'), fetchedRecord({ offset: 7 })];
    expect(read(records, [{ producerId: '7', firstOffset: '2' }])).toEqual([7]);
  });

  it('records of several aborted transactions that began before the answer are dropped from the first on', () => {
    const records = [inTransaction(5, '8'), inTransaction(6, '7')];
    const aborted = [
      { producerId: '7', firstOffset: '1' },
      { producerId: '8', firstOffset: '2' },
    ];
    expect(read(records, aborted)).toEqual([]);
  });

  it('a row whose key looks like a marker ends no aborted transaction', () => {
    const key = Buffer.from([0, 0, 0, 0]);
    const lookalike = fetchedRecord({ offset: 1, producerId: '7', inTransaction: true, key });
    const records = [inTransaction(0, '7'), lookalike, inTransaction(2, '7'), ending(3, '7', 'abort')];
    expect(read(records, [{ producerId: '7', firstOffset: '0' }])).toEqual([]);
  });

  it('exactly the rows of no aborted transaction are read, for any interleaving of producers', () => {
    const action = fc.record({
      producer: fc.integer({ min: 1, max: 3 }),
      act: fc.constantFrom('row', 'row', 'plain row', 'commit', 'abort'),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), fc.nat(), fc.boolean(), (actions, cut, reversed) => {
        const log = playedOut(actions);
        const from = log.records.length === 0 ? 0 : cut % log.records.length;
        const answer = log.records.slice(from);
        const aborted = log.aborted.filter(({ markerOffset }) => markerOffset >= from);
        const expected = log.rows.filter(({ offset, isAborted }) => offset >= from && !isAborted());
        expect(read(answer, reversed ? aborted.reverse() : aborted)).toEqual(
          expected.map(({ offset }) => offset),
        );
      }),
      { seed: 1 },
    );
  });
});

/** A log in which producers write, commit and abort; a transaction still open at the end is committed. */
function playedOut(actions: readonly { producer: number; act: string }[]) {
  const records: FetchedRecord[] = [];
  const rows: { offset: number; isAborted: () => boolean }[] = [];
  const aborted: (AbortedTransaction & { markerOffset: number })[] = [];
  const open = new Map<number, { firstOffset: number; isAborted: boolean }>();
  const end = (producer: number, marker: 'commit' | 'abort') => {
    const transaction = open.get(producer);
    if (transaction === undefined) return;
    const markerOffset = records.length;
    const producerId = String(producer);
    records.push(ending(markerOffset, producerId, marker));
    transaction.isAborted = marker === 'abort';
    if (transaction.isAborted)
      aborted.push({ producerId, firstOffset: String(transaction.firstOffset), markerOffset });
    open.delete(producer);
  };
  for (const { producer, act } of actions) {
    const offset = records.length;
    if (act === 'row') {
      const transaction = open.get(producer) ?? { firstOffset: offset, isAborted: false };
      open.set(producer, transaction);
      records.push(inTransaction(offset, String(producer)));
      rows.push({ offset, isAborted: () => transaction.isAborted });
    } else if (act === 'plain row') {
      records.push(fetchedRecord({ offset, producerId: String(producer + 10) }));
      rows.push({ offset, isAborted: () => false });
    } else {
      end(producer, act === 'commit' ? 'commit' : 'abort');
    }
  }
  for (const producer of [...open.keys()]) end(producer, 'commit');
  return { records, rows, aborted };
}

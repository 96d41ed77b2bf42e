import type { AbortedTransaction } from './fetch-answer';
import type { FetchedRecord } from './record-batches';

/**
 * Tells which records of one partition's answer, given in offset order, may be read. Control records and records of
 * aborted transactions may not. A broker returns both even at isolation level 1 and leaves the filtering to its clients:
 * a transaction is aborted from its `firstOffset` to its producer's next abort marker.
 *
 * The rule is that of the Java consumer. kafkajs' own filter begins only one transaction per record and takes a row
 * whose key is four zero bytes for a marker.
 */
export function readable(
  records: readonly FetchedRecord[],
  aborted: readonly AbortedTransaction[] | null,
): (record: FetchedRecord) => boolean {
  if (aborted === null || aborted.length === 0) return (record) => record.isControlRecord !== true;
  const begun = new Set<string>();
  const ahead = aborted.map(({ producerId, firstOffset }) => ({
    producerId,
    firstOffset: BigInt(firstOffset),
  }));
  ahead.sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1));
  let nextAhead = 0;
  const dropped = new Set<FetchedRecord>();
  for (const record of records) {
    const offset = BigInt(record.offset);
    for (
      let entry = ahead[nextAhead];
      entry !== undefined && entry.firstOffset <= offset;
      entry = ahead[nextAhead]
    ) {
      begun.add(entry.producerId);
      nextAhead += 1;
    }
    const batch = record.batchContext;
    if (record.isControlRecord === true) {
      if (batch !== undefined && isAbortMarker(record)) begun.delete(batch.producerId);
      dropped.add(record);
    } else if (batch?.inTransaction === true && begun.has(batch.producerId)) {
      dropped.add(record);
    }
  }
  return (record) => !dropped.has(record);
}

/** A control record's key is a version and a type, two bytes each; type 0 aborts, 1 commits. */
function isAbortMarker(record: FetchedRecord): boolean {
  return record.key !== null && record.key.length >= 4 && record.key.readInt16BE(2) === 0;
}

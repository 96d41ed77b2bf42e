import { createHash } from 'node:crypto';
import type { PartitionLineage } from '../../../shared/model-registry/version-record';
import { type Counts, countsBetween, type PartitionPass } from '../reading/partition-pass';
import type { Findings } from './findings';

/** The cumulative counts by the log: from `start`, or the counts of the mini-batch added to the parent's. */
export function countsOf(
  before: PartitionLineage | null,
  atStart: Counts | null,
  atBatch: Counts | null,
  atNext: Counts | null,
): Counts | null {
  if (atNext === null) return null;
  if (atStart !== null) return countsBetween(atStart, atNext);
  if (before === null || atBatch === null) return null;
  const batch = countsBetween(atBatch, atNext);
  return {
    messages: before.messages + batch.messages,
    accepted: before.accepted + batch.accepted,
    rejected: before.rejected + batch.rejected,
    lines: before.accepted + before.rejected + batch.lines,
  };
}

/** Compares the counts of a partition. `found` is null when the log lacks the start and the parent is not stored. */
export function checkCounts(
  findings: Findings,
  field: string,
  lineage: PartitionLineage,
  found: Counts | null,
): void {
  if (found === null) {
    findings.skip(`${field} counts`, 'the log lacks the start, and the parent is not stored');
    return;
  }
  findings.compare(`${field}.messages`, lineage.messages, found.messages);
  findings.compare(`${field}.accepted`, lineage.accepted, found.accepted);
  findings.compare(`${field}.rejected`, lineage.rejected, found.rejected);
  const span = Number(lineage.next) - Number(lineage.start);
  findings.compare(`${field}.skipped`, lineage.skipped, span - found.messages);
  findings.compare(`${field}.accepted + rejected`, lineage.accepted + lineage.rejected, found.lines);
}

/** Compares the record's last message with the last message below `next`, up to which the pass has read. */
export function checkLast(
  findings: Findings,
  field: string,
  lineage: PartitionLineage,
  before: PartitionLineage | null,
  pass: PartitionPass,
  isStartRead: boolean,
): void {
  const { last } = pass;
  if (last !== null && last.offset >= Number(lineage.start)) {
    const sha256 = createHash('sha256')
      .update(last.value ?? '')
      .digest('hex');
    findings.compare(field, lineage.last, {
      offset: String(last.offset),
      sha256,
      timestampMs: last.timestampMs,
    });
  } else if (isStartRead) findings.compare(field, lineage.last, null);
  else if (before !== null) findings.compare(field, lineage.last, before.last);
  else findings.skip(field, 'the log no longer holds the message');
}

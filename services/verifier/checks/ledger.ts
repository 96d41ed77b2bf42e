import { createHash } from 'node:crypto';
import type { PartitionLineage } from '../../../shared/model-registry/version-record';
import { type Counts, countsBetween, type PartitionPass } from '../reading/partition-pass';
import type { Findings } from '../report';

/** The cumulative counts that the log gives: from `start`, or the mini-batch's on top of the parent's. */
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

/** `found` is null when there is nothing to count from. */
export function checkCounts(
  findings: Findings,
  field: string,
  lineage: PartitionLineage,
  found: Counts | null,
): void {
  if (found === null) {
    findings.skip(`${field} counts`, 'neither the start nor the parent is there to count from');
    return;
  }
  findings.compare(`${field}.messages`, lineage.messages, found.messages);
  findings.compare(`${field}.accepted`, lineage.accepted, found.accepted);
  findings.compare(`${field}.rejected`, lineage.rejected, found.rejected);
  const span = Number(lineage.next) - Number(lineage.start);
  findings.compare(`${field}.skipped`, lineage.skipped, span - found.messages);
  findings.compare(`${field}.accepted + rejected`, lineage.accepted + lineage.rejected, found.lines);
}

/** Compares what the record says of the last message below `next`, to which the pass has read. */
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
  else findings.skip(field, 'the log does not hold the message any more');
}

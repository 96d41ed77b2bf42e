import type { PartitionPass } from '../reading/partition-pass';
import type { Findings } from '../report';

export interface WindowQuestion {
  readonly field: string;
  readonly windowFrom: number;
  readonly next: number;
  /** The most rows of one partition, unless a single message has more. */
  readonly quota: number;
  /** Where the parent's window began, or the partition's start; null when the parent is not there to ask. */
  readonly before: number | null;
}

/**
 * Whether a window begins where the rule says: at the larger of the parent's beginning and the lowest offset with at
 * most `quota` accepted rows from there to `next`, or at the last message alone when it has more. Retention may have
 * pushed a trainer further; the log then begins at or behind that place for ever.
 */
export function checkWindowFrom(findings: Findings, pass: PartitionPass, question: WindowQuestion): void {
  const { field, windowFrom, next, quota, before } = question;
  const { earliest } = pass.bounds;
  const readFrom = Math.max(earliest, pass.rows.keptFrom);
  if (before !== null && windowFrom < before) {
    findings.differ(field, String(windowFrom), `at least ${before}, where the window before began`);
    return;
  }
  const lowest = Math.max(before ?? windowFrom, readFrom);
  const { kept, from, to } = pass.rows.span(lowest, next);
  const rows = to - from;
  if (rows > quota) {
    const excluded = kept.offsetOf(to - quota - 1);
    const newest = kept.offsetOf(to - 1);
    const expected = excluded === newest ? newest : excluded + 1;
    // Without the parent nothing but the quota is known, and the window may begin later for its sake.
    findings.compare(field, String(windowFrom), String(Math.max(expected, before ?? 0)));
    return;
  }
  if (before === null) {
    findings.skip(field, 'where the window before began is not known, as the parent is not stored');
  } else if (before >= readFrom) {
    findings.compare(field, String(windowFrom), String(before));
  } else if (windowFrom > earliest) {
    findings.differ(field, String(windowFrom), `at most ${earliest}, where the log begins now`);
  } else {
    findings.skip(field, `the log begins at ${earliest}, the window before at ${before}`);
  }
}

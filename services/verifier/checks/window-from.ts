import type { PartitionPass } from '../reading/partition-pass';
import type { Findings } from './findings';

interface WindowQuestion {
  readonly field: string;
  readonly windowFrom: number;
  readonly next: number;
  /** The most window rows of one partition; a single message may have more. */
  readonly quota: number;
  /** The first offset of the parent's window, or the partition's start; null when the parent is not stored. */
  readonly before: number | null;
}

/**
 * Checks the first offset of a window. By the rule it is the larger of two offsets: the first one of the parent's window,
 * and the lowest one with at most `quota` accepted rows up to `next` (the last message alone when it has more). Retention
 * may have moved a trainer further; the log then begins at or behind this offset.
 */
export function checkWindowFrom(findings: Findings, pass: PartitionPass, question: WindowQuestion): void {
  const { field, windowFrom, next, quota, before } = question;
  const { earliest } = pass.bounds;
  const readFrom = Math.max(earliest, pass.rows.retainedFrom);
  if (before !== null && windowFrom < before) {
    findings.differ(field, String(windowFrom), `at least ${before}, where the parent's window begins`);
    return;
  }
  const lowest = Math.max(before ?? windowFrom, readFrom);
  const { rows, from, to } = pass.rows.span(lowest, next);
  if (to - from > quota) {
    const excluded = rows.offsetOf(to - quota - 1);
    const newest = rows.offsetOf(to - 1);
    const expected = excluded === newest ? newest : excluded + 1;
    // Without the parent only the quota is known, and the parent's window may move this beginning up.
    findings.compare(field, String(windowFrom), String(Math.max(expected, before ?? 0)));
    return;
  }
  if (before === null) {
    findings.skip(field, 'the parent is not stored, so the beginning of its window is unknown');
  } else if (before >= readFrom) {
    findings.compare(field, String(windowFrom), String(before));
  } else if (windowFrom > earliest) {
    findings.differ(field, String(windowFrom), `at most ${earliest}, where the log begins now`);
  } else {
    findings.skip(field, `the log begins at ${earliest}, the parent's window at ${before}`);
  }
}

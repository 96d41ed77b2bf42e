import type { PartitionLineage, VersionRecord } from '../../../shared/model-registry/version-record';
import { type Counts, countsBetween, type PartitionPass } from '../reading/partition-pass';
import type { RowSpan } from '../reading/retained-rows';
import type { Findings } from './findings';
import { checkCounts, checkLast, countsOf } from './ledger';
import { checkWindowFrom } from './window-from';

/** The rows of a version in the log; a member is null when the log no longer holds all of its rows. */
interface LineageRows {
  readonly window: readonly RowSpan[] | null;
  readonly batch: readonly RowSpan[] | null;
  /** Rejected lines of the mini-batch. */
  readonly rejected: number | null;
}

/** The log's counts up to each partition's `start`; null where the log begins behind it. */
export type Starts = Map<number, { readonly offset: string; readonly counts: Counts | null }>;

/** Reads every partition up to the version's `next`, compares the lineage, and returns window and mini-batch. */
export async function checkLineage(
  findings: Findings,
  record: VersionRecord,
  parent: VersionRecord | null,
  passes: readonly PartitionPass[],
  starts: Starts,
): Promise<LineageRows> {
  const parts: (LineageRows | null)[] = [];
  const quota = Math.max(1, Math.floor(record.settings.windowRows / record.lineage.length));
  if (parent !== null && parent.lineage.length > record.lineage.length)
    findings.compare('lineage', `${record.lineage.length} partitions`, `at least ${parent.lineage.length}`);
  for (const [i, lineage] of record.lineage.entries()) {
    const pass = passes[i];
    const field = `lineage[${i}]`;
    findings.compare(`${field}.partition`, lineage.partition, i);
    if (pass === undefined) {
      findings.differ(field, 'a partition', `the topic has ${passes.length}`);
      parts.push(null);
      continue;
    }
    const before = parent?.lineage[i] ?? null;
    const isFirst = record.parent === null || (parent !== null && before === null);
    const place = { field, before, isFirst, quota, starts };
    parts.push(await checkPartition(findings, lineage, pass, place));
  }
  const all = <T>(part: (rows: LineageRows) => T | null): T[] | null => {
    const found = parts.flatMap((rows) => {
      const value = rows === null ? null : part(rows);
      return value === null ? [] : [value];
    });
    return found.length === parts.length ? found : null;
  };
  return {
    window: all(({ window }) => window)?.flat() ?? null,
    batch: all(({ batch }) => batch)?.flat() ?? null,
    rejected: all(({ rejected }) => rejected)?.reduce((sum, lines) => sum + lines, 0) ?? null,
  };
}

interface Place {
  readonly field: string;
  /** The partition in the parent; null for a new partition, and when the parent is not stored. */
  readonly before: PartitionLineage | null;
  /** Whether this version is the first that reads the partition. */
  readonly isFirst: boolean;
  readonly quota: number;
  readonly starts: Starts;
}

async function checkPartition(
  findings: Findings,
  lineage: PartitionLineage,
  pass: PartitionPass,
  { field, before, isFirst, quota, starts }: Place,
): Promise<LineageRows> {
  const [start, windowFrom, batchFrom, next] = [
    Number(lineage.start),
    Number(lineage.windowFrom),
    Number(lineage.batchFrom),
    Number(lineage.next),
  ];
  const { earliest, end } = pass.bounds;
  if (before !== null) {
    findings.compare(`${field}.start`, lineage.start, before.start);
    findings.compare(`${field}.batchFrom`, lineage.batchFrom, before.next);
  }
  if (isFirst) findings.compare(`${field}.batchFrom`, lineage.batchFrom, lineage.start);
  if (batchFrom < start || next < batchFrom || windowFrom < start || windowFrom > next)
    findings.differ(field, `${start}, ${windowFrom}, ${batchFrom}, ${next}`, 'not in order');
  if (next > end) findings.differ(`${field}.next`, lineage.next, `the log ends at ${end}`);

  const windowBefore = before === null ? null : Number(before.windowFrom);
  pass.rows.dropBelow(windowBefore ?? (isFirst ? start : Math.min(windowFrom, batchFrom)));
  const known = starts.get(lineage.partition);
  const atStart = known?.offset === lineage.start ? known.counts : await pass.countsAt(start);
  if (known === undefined) starts.set(lineage.partition, { offset: lineage.start, counts: atStart });
  const atBatch = await pass.countsAt(batchFrom);
  const atNext = await pass.countsAt(next);

  checkCounts(findings, field, lineage, countsOf(before, atStart, atBatch, atNext));
  if (atNext !== null) checkLast(findings, `${field}.last`, lineage, before, pass, atStart !== null);
  const isRead = pass.position >= next && next <= end;
  if (isRead) {
    const beforeOrStart = windowBefore ?? (isFirst ? start : null);
    const question = { field: `${field}.windowFrom`, windowFrom, next, quota, before: beforeOrStart };
    checkWindowFrom(findings, pass, question);
  }
  const readFrom = Math.max(earliest, pass.rows.retainedFrom);
  const isCovered = (from: number, part: string): boolean => {
    if (isRead && from >= readFrom) return true;
    const place = `the ${part} of partition ${lineage.partition} is [${from}, ${next})`;
    findings.skip(part, `${place}, the log has [${readFrom}, ${end})`);
    return false;
  };
  return {
    window: isCovered(windowFrom, 'window') ? [pass.rows.span(windowFrom, next)] : null,
    batch: isCovered(batchFrom, 'batch') ? [pass.rows.span(batchFrom, next)] : null,
    rejected: atBatch !== null && atNext !== null ? countsBetween(atBatch, atNext).rejected : null,
  };
}

import { ROW_FAULTS } from '../../../shared/errors';
import type { RawLog, RawMessage, RawTopic } from '../deep-source';
import { isReplayMark } from '../reading/counted-topics';
import type { PartitionPass } from '../reading/partition-pass';
import { fingerprintOf, resentOfCopy } from '../reading/rejected-table';
import type { Findings } from './findings';
import type { Starts } from './lineage';

/**
 * Checks the dead-letter topic. Every rejected line in a version's lineage must have at least one copy there, with its
 * coordinates, its reason, its bytes and its attempts. Every copy of a line below the newest version must be explained by
 * the log. Copies of another schema are only counted, and the marks of a replay must have their form.
 */
export async function checkRejected(
  findings: Findings,
  log: RawLog,
  topic: RawTopic,
  passes: readonly PartitionPass[],
  starts: Starts,
  schemaDigest: string,
): Promise<void> {
  let belowLog = 0;
  let ofOtherSchemas = 0;
  for (const { partition } of topic.bounds) {
    for (let run = await topic.read(partition); run !== null; run = await topic.read(partition)) {
      for (const copy of run.messages) {
        const place = `rejected copy ${partition}/${copy.offset}`;
        if (isReplayMark(copy)) checkReplayMark(findings, place, copy, log.topic);
        else if ((copy.headers?.['alder-schema'] ?? schemaDigest) !== schemaDigest) ofOtherSchemas++;
        else if (!checkCopy(findings, log, place, copy, passes)) belowLog++;
      }
    }
  }
  if (ofOtherSchemas > 0)
    findings.skip('rejected rows', `${ofOtherSchemas} were rejected under another schema`);
  if (belowLog > 0) findings.skip('rejected rows', `the log no longer holds ${belowLog} of their messages`);
  const isHeadGone = log.hasRetention && topic.bounds.some(({ earliest }) => earliest > 0);
  let forgotten = 0;
  for (const pass of passes) {
    const start = starts.get(pass.bounds.partition);
    if (start === undefined) continue;
    for (const { offset, line } of pass.rejectedLines.missing(Number(start.offset), pass.position)) {
      if (isHeadGone) forgotten++;
      else
        findings.differ(
          'rejected rows',
          nameOf(log, pass.bounds.partition, offset, line),
          'there is no copy',
        );
    }
  }
  if (forgotten > 0)
    findings.skip('rejected rows', `${forgotten} have no copy, but the oldest rejected rows are gone`);
}

/** False for a copy whose message the log no longer holds. */
function checkCopy(
  findings: Findings,
  log: RawLog,
  place: string,
  copy: RawMessage,
  passes: readonly PartitionPass[],
): boolean {
  const headers = copy.headers ?? {};
  const [partition, offset, line] = ['partition', 'offset', 'line'].map((part) =>
    numberOf(headers[`alder-${part}`]),
  );
  const pass = partition === undefined ? undefined : passes[partition];
  if (
    pass === undefined ||
    offset === undefined ||
    line === undefined ||
    headers['alder-topic'] !== log.topic
  ) {
    findings.differ(place, JSON.stringify(copy.headers), 'no coordinates of this log');
    return true;
  }
  // A copy is written before the version that counts its row, so the newest copies may have no version yet.
  if (offset >= pass.position) return true;
  if (offset < pass.bounds.earliest) return false;
  const name = nameOf(log, pass.bounds.partition, offset, line);
  const i = pass.rejectedLines.find(offset, line);
  if (i < 0) {
    findings.differ(place, name, 'the log holds no such rejected line');
    return true;
  }
  const isWhole = [
    findings.compare(`${place} of ${name}: reason`, headers['alder-reason'], pass.rejectedLines.reasonOf(i)),
    hasRowReason(copy) && pass.rejectedLines.hasFingerprint(i, printOf(copy)),
    !log.hasKeys || findings.compare(`${place}: key`, copy.key, name),
  ];
  if (!isWhole[1])
    findings.differ(`${place} of ${name}: bytes`, 'other bytes or attempts', "the message's own");
  if (isWhole.every(Boolean)) pass.rejectedLines.markFound(i);
  return true;
}

function printOf({ value, headers }: RawMessage): readonly [number, number] {
  const sha256 = headers?.['alder-sha256'];
  const bytes = headers?.['alder-bytes'];
  const whole = sha256 === undefined || bytes === undefined ? null : { sha256, bytes };
  return fingerprintOf(value, whole, resentOfCopy(headers));
}

/** Whether the copy has a reason of rejected rows; only such a copy has bytes to compare. */
function hasRowReason({ headers }: RawMessage): boolean {
  return (ROW_FAULTS as readonly string[]).includes(headers?.['alder-reason'] ?? '');
}

function nameOf({ topic }: RawLog, partition: number, offset: number, line: number): string {
  return `${topic}/${partition}/${offset}/${line}`;
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : undefined;
}

/**
 * Checks the form of a replay's mark. A mark has no value; its headers name the row that was sent again, the attempt and
 * the new offset, or a replay that began or ended. The row need not be one that this schema rejects.
 */
export function checkReplayMark(findings: Findings, place: string, mark: RawMessage, topic: string): void {
  const headers = mark.headers ?? {};
  const isOfRow =
    /^\d+\/\d+\/\d+$/.test(headers['alder-replayed'] ?? '') &&
    /^[1-9]\d*$/.test(headers['alder-attempt'] ?? '') &&
    /^\d+\/\d+$/.test(headers['alder-sent'] ?? '');
  const isOfRun =
    ['begun', 'ended'].includes(headers['alder-replay'] ?? '') && headers['alder-run'] !== undefined;
  if ((isOfRow || isOfRun) && mark.value === null && headers['alder-topic'] === topic) return;
  findings.differ(place, JSON.stringify(mark.headers), 'no mark of a replay of this log');
}

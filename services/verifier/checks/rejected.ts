import { ROW_FAULTS } from '../../../shared/errors';
import type { RawLog, RawMessage, RawTopic } from '../deep-source';
import type { PartitionPass } from '../reading/partition-pass';
import { fingerprintOf, resentOfCopy } from '../reading/rejected-table';
import type { Findings } from '../report';
import type { Starts } from './lineage';

/**
 * Reads the topic of rejected rows: every rejected line that a version's lineage counts must be there at least once,
 * with its coordinates, its reason, its bytes and how often it was refused before, and nothing that the log below the
 * newest version does not explain. What a trainer of another schema rejected says so, and is counted only; what a replay
 * of rejected rows noted there must look like that.
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
  if (belowLog > 0)
    findings.skip('rejected rows', `the log does not hold ${belowLog} of their messages any more`);
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

/** False for a copy of a message that the log does not hold any more. */
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
  // A copy is kept before the record that steps over its row, so the newest ones may have no record yet.
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
    hasBytes(copy) && pass.rejectedLines.hasFingerprint(i, printOf(copy)),
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

/** A known reason is what makes the copy one of a rejected row at all. */
function hasBytes({ headers }: RawMessage): boolean {
  return (ROW_FAULTS as readonly string[]).includes(headers?.['alder-reason'] ?? '');
}

function nameOf({ topic }: RawLog, partition: number, offset: number, line: number): string {
  return `${topic}/${partition}/${offset}/${line}`;
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : undefined;
}

/** Whether a message of the rejected topic is what a replay notes there, and no copy of a row. */
export function isReplayMark({ headers }: RawMessage): boolean {
  return headers !== null && ('alder-replayed' in headers || 'alder-replay' in headers);
}

/**
 * A mark has no value, and says what it is about: which row was sent again, how often and where to, or which run
 * began or ended. Whether the row is one that this schema refuses is not asked: another may have.
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

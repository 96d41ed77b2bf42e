import type { RawMessage } from '../deep-source';
import type { Findings } from '../report';

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

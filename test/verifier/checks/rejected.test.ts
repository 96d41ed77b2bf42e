import { Findings } from '../../../services/verifier/checks/findings';
import { checkReplayMark } from '../../../services/verifier/checks/rejected';
import { isReplayMark } from '../../../services/verifier/reading/counted-topics';
import { progressMessage } from '../../../shared/row-log/rejected-messages';
import type { ReplayProgress } from '../../../shared/row-log/row-log';

const MARKS: readonly ReplayProgress[] = [
  { kind: 'begun', run: 'one', from: new Map([[0, 5]]) },
  {
    kind: 'replayed',
    row: { partition: 0, offset: 3, line: 1 },
    attempt: 1,
    sent: { partition: 0, offset: 5 },
  },
  { kind: 'ended', run: 'one' },
];

function found(headers: Record<string, string>, value: Uint8Array | null = null): number {
  const mark = { offset: 0, timestampMs: 0, key: null, headers, value };
  expect(isReplayMark(mark)).toBe(true);
  const findings = new Findings();
  checkReplayMark(findings, 'rejected copy 0/0', mark, 'rows');
  return findings.differences.length;
}

test('the marks of a replay are no findings', () => {
  expect(MARKS.map((mark) => found(progressMessage('rows', mark).headers))).toEqual([0, 0, 0]);
});

test('a mark of another topic, with a value or without its subject is a finding', () => {
  for (const mark of MARKS) {
    const { headers } = progressMessage('rows', mark);
    expect(found(progressMessage('others', mark).headers)).toBe(1);
    expect(found(headers, Buffer.from('a row'))).toBe(1);
  }
  expect(found({ 'alder-topic': 'rows', 'alder-replayed': '0/3/1' })).toBe(1);
  expect(found({ 'alder-topic': 'rows', 'alder-replay': 'begun' })).toBe(1);
});

test('the copy of a rejected row is no mark', () => {
  const headers = {
    'alder-topic': 'rows',
    'alder-offset': '3',
    'alder-attempt': '2',
    'alder-origin': '0/1/0',
  };
  expect(isReplayMark({ offset: 0, timestampMs: 0, key: null, headers, value: null })).toBe(false);
  expect(isReplayMark({ offset: 0, timestampMs: 0, key: null, headers: null, value: null })).toBe(false);
});

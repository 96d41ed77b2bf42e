import { changed, EMPTY_PAGE, type PageState } from '../../../services/dashboard/feed/page-state';
import { lagGrowth, troublesOf } from '../../../services/dashboard/pipeline/alerts';
import type { PipelineEvent } from '../../../shared/api/events';
import { pipelineOf, reportOf } from '../events';

const pageOf = (changes: Partial<PipelineEvent> = {}): PageState =>
  changed(EMPTY_PAGE, { kind: 'pipeline', event: pipelineOf(changes), atMs: 0 });
const told = (page: PageState) => troublesOf(page).map(({ stage, level }) => `${stage} ${level}`);
const withLag = (...lags: (number | null)[]): PageState => {
  let page = EMPTY_PAGE;
  for (const [second, lagMessages] of lags.entries()) {
    const report = reportOf({ lagMessages });
    const event = pipelineOf({ trainer: { state: 'active', silentMs: 0, report } });
    page = changed(page, { kind: 'pipeline', event, atMs: 1_000 * second });
  }
  return page;
};

test('nothing is wrong where nothing is known, and where all is well', () => {
  expect(told(EMPTY_PAGE)).toEqual([]);
  expect(told(pageOf())).toEqual([]);
});

test.each<[string, Partial<PipelineEvent>, string[]]>([
  ['a registry that is gone', { registry: { isReachable: false, stalenessMs: 9_000 } }, ['registry alarm']],
  ['no trainer', { trainer: { state: 'none', silentMs: 0, report: reportOf() } }, ['trainer alarm']],
  [
    'a trainer that is silent',
    { trainer: { state: 'silent', silentMs: 8_000, report: null } },
    ['trainer alarm'],
  ],
  ['no version yet', { aliases: {}, latest: null }, ['serving warning']],
  [
    'an open breaker',
    {
      trainer: {
        state: 'active',
        silentMs: 0,
        report: reportOf({
          paused: [{ partition: 1, position: '70', rejected: 900, rows: 1_000, reason: 'unknown-class' }],
        }),
      },
    },
    ['trainer alarm'],
  ],
])('%s is told', (_what, changes, expected) => {
  expect(told(pageOf(changes))).toEqual(expected);
});

test('an absent registry is told alone: what it says of the trainer is old', () => {
  const trainer = { state: 'silent', silentMs: 9_000, report: null } as const;
  expect(told(pageOf({ registry: { isReachable: false, stalenessMs: 9_000 }, trainer }))).toEqual([
    'registry alarm',
  ]);
});

test('a sentence says what it means, with the figures', () => {
  const paused = [{ partition: 1, position: '70', rejected: 900, rows: 1_000, reason: 'unknown-class' }];
  const [trouble] = troublesOf(
    pageOf({ trainer: { state: 'active', silentMs: 0, report: reportOf({ paused }) } }),
  );
  expect(trouble?.told).toBe(
    'Reading of partition 1 pauses: too many of its newest rows were bad, mostly for unknown-class. It goes on when the newest rows are good again.',
  );
  expect(trouble?.figures).toBe('900 of the last 1,000 were bad.');
});

test('a lag that grew for ten seconds is told, a short leap or a high but falling one is not', () => {
  const seconds = (lagOf: (second: number) => number) =>
    withLag(...Array.from({ length: 13 }, (_, s) => lagOf(s)));
  expect(told(seconds((s) => 50 * s))).toEqual(['log warning']);
  expect(told(seconds((s) => 100_000 - s))).toEqual([]);
  expect(told(withLag(0, 5_000))).toEqual([]);
  expect(lagGrowth(withLag(...Array<null>(12).fill(null)).moments)).toBeNull();
});

test('while a trouble lasts its sentence stays the same, and only the figures of it change', () => {
  const silent = (silentMs: number) =>
    troublesOf(pageOf({ trainer: { state: 'silent', silentMs, report: null } }))[0];
  expect(silent(9_000)?.told).toBe(silent(8_000)?.told);
  expect(silent(9_000)?.figures).toBe('The trainer gave its last sign of life 9 seconds ago.');
});

test('a lag from before the connection was lost says nothing of whether it grows now', () => {
  const before = withLag(0);
  const trainer = { state: 'active', silentMs: 0, report: reportOf({ lagMessages: 5_000 }) } as const;
  const back = changed(before, { kind: 'pipeline', event: pipelineOf({ trainer }), atMs: 60_000 });
  expect(lagGrowth(back.moments)).toBeNull();
});

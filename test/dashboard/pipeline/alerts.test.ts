import { changed, EMPTY_PAGE, type PageState } from '../../../services/dashboard/feed/page-state';
import { alertsOf, lagGrowth } from '../../../services/dashboard/pipeline/alerts';
import type { PipelineEvent } from '../../../shared/api/events';
import { pipelineOf, reportOf } from '../events';

const pageOf = (changes: Partial<PipelineEvent> = {}): PageState =>
  changed(EMPTY_PAGE, { kind: 'pipeline', event: pipelineOf(changes), atMs: 0 });
const alertsAt = (page: PageState) => alertsOf(page).map(({ stage, level }) => `${stage} ${level}`);
const withLag = (...lags: (number | null)[]): PageState => {
  let page = EMPTY_PAGE;
  for (const [second, lagMessages] of lags.entries()) {
    const report = reportOf({ lagMessages });
    const event = pipelineOf({ trainer: { state: 'active', silentMs: 0, report } });
    page = changed(page, { kind: 'pipeline', event, atMs: 1_000 * second });
  }
  return page;
};

test('there is no alert before the first event nor for a healthy pipeline', () => {
  expect(alertsAt(EMPTY_PAGE)).toEqual([]);
  expect(alertsAt(pageOf())).toEqual([]);
});

test.each<[string, Partial<PipelineEvent>, string[]]>([
  ['an unreachable registry', { registry: { isReachable: false, stalenessMs: 9_000 } }, ['registry alarm']],
  ['a missing trainer', { trainer: { state: 'none', silentMs: 0, report: reportOf() } }, ['trainer alarm']],
  ['a silent trainer', { trainer: { state: 'silent', silentMs: 8_000, report: null } }, ['trainer alarm']],
  ['a missing first version', { aliases: {}, latest: null }, ['serving warning']],
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
])('%s raises its alert', (_what, changes, expected) => {
  expect(alertsAt(pageOf(changes))).toEqual(expected);
});

test('an unreachable registry raises one alert, since its report of the trainer is out of date', () => {
  const trainer = { state: 'silent', silentMs: 9_000, report: null } as const;
  expect(alertsAt(pageOf({ registry: { isReachable: false, stalenessMs: 9_000 }, trainer }))).toEqual([
    'registry alarm',
  ]);
});

test('the alert of an open breaker names cause, effect and figures', () => {
  const paused = [{ partition: 1, position: '70', rejected: 900, rows: 1_000, reason: 'unknown-class' }];
  const [alert] = alertsOf(
    pageOf({ trainer: { state: 'active', silentMs: 0, report: reportOf({ paused }) } }),
  );
  expect(alert?.message).toBe(
    'Too many of the newest rows of partition 1 were rejected (mostly unknown-class), so the circuit breaker paused it. Reading resumes when the newest rows are valid again.',
  );
  expect(alert?.figures).toBe('900 of the last 1,000 rows were rejected.');
});

test('a lag that grew for ten seconds raises a warning, unlike a short leap or a high lag that falls', () => {
  const seconds = (lagOf: (second: number) => number) =>
    withLag(...Array.from({ length: 13 }, (_, s) => lagOf(s)));
  expect(alertsAt(seconds((s) => 50 * s))).toEqual(['log warning']);
  expect(alertsAt(seconds((s) => 100_000 - s))).toEqual([]);
  expect(alertsAt(withLag(0, 5_000))).toEqual([]);
  expect(lagGrowth(withLag(...Array<null>(12).fill(null)).moments)).toBeNull();
});

test('the message of an alert stays the same while its figures change', () => {
  const silent = (silentMs: number) =>
    alertsOf(pageOf({ trainer: { state: 'silent', silentMs, report: null } }))[0];
  expect(silent(9_000)?.message).toBe(silent(8_000)?.message);
  expect(silent(9_000)?.figures).toBe('Last heartbeat: 9 seconds ago.');
});

test('a lag from before a lost connection gives no growth', () => {
  const before = withLag(0);
  const trainer = { state: 'active', silentMs: 0, report: reportOf({ lagMessages: 5_000 }) } as const;
  const back = changed(before, { kind: 'pipeline', event: pipelineOf({ trainer }), atMs: 60_000 });
  expect(lagGrowth(back.moments)).toBeNull();
});

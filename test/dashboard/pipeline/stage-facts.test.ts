import { changed, EMPTY_PAGE, type PageState } from '../../../services/dashboard/feed/page-state';
import { stageFacts } from '../../../services/dashboard/pipeline/stage-facts';
import type { PipelineEvent } from '../../../shared/api/events';
import { pipelineOf, reportOf } from '../events';

const factsOf = (changes: Partial<PipelineEvent> = {}) => stageFacts(pageOf(changes));
const pageOf = (changes: Partial<PipelineEvent>): PageState =>
  changed(EMPTY_PAGE, { kind: 'pipeline', event: pipelineOf(changes), atMs: 0 });

test('before the first event every figure is unknown, and nothing flows', () => {
  const stages = Object.values(stageFacts(EMPTY_PAGE));
  expect(stages.map(({ figure }) => figure)).toEqual(Array(stages.length).fill('–'));
  expect(stages.some(({ isFlowing }) => isFlowing)).toBe(false);
});

test('the last figures of a trainer that is gone are not shown as current', () => {
  const { producer, log, trainer } = factsOf({ trainer: { state: 'none', silentMs: 0, report: reportOf() } });
  expect([producer.figure, log.figure, trainer.figure]).toEqual(['–', '–', '–']);
  expect(producer.facts).toEqual(['no active trainer, so not known']);
  expect(trainer.progress).toBeNull();
});

test('the progress to the next refit is a share of the mini-batch, at most 1', () => {
  expect(factsOf().trainer).toMatchObject({ progress: 0.5 });
  const refit = { pendingRows: 30, batchRows: 10, batchWaitMs: 1_000, windowRows: 2_000 };
  const late = factsOf({ trainer: { state: 'active', silentMs: 0, report: reportOf({ refit }) } });
  expect(late.trainer.progress).toBe(1);
});

test('the serving stage without a request shows no latency', () => {
  expect(factsOf().serving.facts[0]).toBe('no request in the last 10 s');
  const busy = { processes: 2, requestsPerSecond: 40, p99Ms: 3.21, requests: 400, pages: 1 };
  expect(factsOf({ serving: busy }).serving).toMatchObject({
    figure: '40',
    facts: ['p99 latency 3.2 ms', '2 processes, one page open'],
    isFlowing: true,
  });
});

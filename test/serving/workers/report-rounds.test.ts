import { Counter, Gauge, Registry } from 'prom-client';
import { prometheusOf } from '../../../services/serving/metrics/prometheus';
import { BOUNDS_SECONDS, ServingMetrics } from '../../../services/serving/metrics/serving-metrics';
import type { ToWorker, WorkerReport } from '../../../services/serving/workers/messages';
import { type Reporter, ReportRounds } from '../../../services/serving/workers/report-rounds';

async function reportOf(version: number, requests: number): Promise<WorkerReport> {
  const registry = new Registry();
  new Counter({ name: 'requests', help: 'h', registers: [registry] }).inc(requests);
  new Gauge({ name: 'version', help: 'h', aggregator: 'min', registers: [registry] }).set(version);
  const shadow = [{ served: 6, shadow: 7, agreed: requests, disagreed: 1 }];
  return { version, metrics: await registry.getMetricsAsJSON(), shadow };
}

/** A worker that records the messages to it. */
class AskedWorker implements Reporter {
  readonly rounds: number[] = [];
  send(message: ToWorker): void {
    if (message.kind === 'report') this.rounds.push(message.round);
  }
}

test('the counts of workers add up, and the served version is the lowest', async () => {
  const rounds = new ReportRounds();
  const workers = [new AskedWorker(), new AskedWorker()];
  const report = rounds.ask(workers, 2);
  rounds.take(workers[0]!, workers[0]!.rounds[0]!, await reportOf(7, 10));
  rounds.take(workers[1]!, workers[1]!.rounds[0]!, await reportOf(6, 5));
  const { metrics, versions, workersWanted, shadow } = await report;
  expect(shadow).toEqual([{ served: 6, shadow: 7, agreed: 15, disagreed: 2 }]);
  expect([workersWanted, versions]).toEqual([2, [7, 6]]);
  expect(metrics).toContain('requests 15');
  expect(metrics).toContain('version 6');
});

test('the answer times of predictions add up over all workers', async () => {
  const rounds = new ReportRounds();
  const workers = [new AskedWorker(), new AskedWorker()];
  const report = rounds.ask(workers, 2);
  for (const [i, seconds] of [0.0002, 0.0004].entries()) {
    const metrics = new ServingMetrics(() => 0);
    for (const route of ['/serve_decision_tree', '/metrics']) metrics.requests.of(route).time(seconds);
    const own = { version: 1, metrics: await prometheusOf(metrics).getMetricsAsJSON(), shadow: [] };
    rounds.take(workers[i]!, 0, own);
  }
  const within = (bound: number) => BOUNDS_SECONDS.indexOf(bound);
  const expected = new Array<number>(BOUNDS_SECONDS.length + 1).fill(0);
  expected[within(0.00025)] = 1;
  expected[within(0.0005)] = 1;
  expect((await report).predictions).toEqual(expected);
});

test('a worker that dies while it is asked is left out', async () => {
  const rounds = new ReportRounds();
  const workers = [new AskedWorker(), new AskedWorker()];
  const report = rounds.ask(workers, 2);
  rounds.take(workers[0]!, 0, await reportOf(7, 10));
  rounds.forget(workers[1]!);
  expect((await report).versions).toEqual([7]);
});

test('a report that is late or comes twice is dropped', async () => {
  const rounds = new ReportRounds();
  const workers = [new AskedWorker(), new AskedWorker()];
  const report = rounds.ask(workers, 2);
  rounds.take(workers[0]!, 5, await reportOf(1, 1));
  rounds.take(workers[0]!, 0, await reportOf(7, 10));
  rounds.take(workers[0]!, 0, await reportOf(7, 10));
  rounds.take(workers[1]!, 0, await reportOf(7, 10));
  expect((await report).versions).toEqual([7, 7]);
});

test('a round without a worker is empty', async () => {
  expect((await new ReportRounds().ask([], 2)).versions).toEqual([]);
});

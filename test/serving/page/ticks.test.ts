import type { Serving } from '../../../services/serving/server/serving';
import type { FellowWorkers } from '../../../services/serving/workers/messages';
import { TRAINER_REPORT_FORMAT, type TrainerReport } from '../../../shared/api/trainer-report';
import { AlderError } from '../../../shared/errors';
import { ManualClock } from '../../support/manual-clock';
import { MemoryModelRegistry } from '../../support/memory-model-registry';
import { irisTree, Publisher } from '../../support/stored-versions';
import { startTestServing, until } from '../../support/test-serving';
import { EventClient } from './event-client';

const TICK_MS = 1_000;
const LEASE_MS = 5_000;
/** Who always sleeps: the watch on the registry, between two polls. */
const THE_WATCH = 1;

const REPORT: TrainerReport = {
  format: TRAINER_REPORT_FORMAT,
  trainer: { id: 't', code: 'test' },
  log: { kind: 'embedded', topic: 'alder-rows' },
  rows: { accepted: 10, rejected: 1 },
  perSecond: { accepted: 5, rejected: 0.5, appendedMessages: null },
  lagMessages: 3,
  refit: { pendingRows: 4, batchRows: 100, batchWaitMs: 1_000, windowRows: 2_000 },
  paused: [],
  rejected: { reasons: { 'invalid-json': 1 }, newest: [] },
  features: [{ name: 'petal_width', unit: 'cm', min: 0.1, max: 2.5 }],
};

let clock: ManualClock;
let registry: MemoryModelRegistry;
let publisher: Publisher;
let serving: Serving;
const clients: EventClient[] = [];

beforeEach(async () => {
  clock = new ManualClock();
  registry = new MemoryModelRegistry('decisiontree', { clock });
  publisher = await Publisher.open(registry);
  await publisher.publish(irisTree());
  await start();
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await serving.stop();
});

async function start(fellowWorkers?: FellowWorkers): Promise<void> {
  const fellows = fellowWorkers === undefined ? {} : { fellowWorkers };
  serving = await startTestServing(registry, { clock, leaseMs: LEASE_MS, ...fellows });
}

/** A page with its first pipeline event taken. */
async function open(): Promise<EventClient> {
  const client = await EventClient.open(serving.url);
  clients.push(client);
  await Promise.all([client.next('pipeline'), client.next('journal')]);
  return client;
}

/** Moves time on by a second, once the pages' next tick waits for it. */
async function secondPassed(): Promise<void> {
  await until(() => clock.sleeping > THE_WATCH);
  await clock.advance(TICK_MS);
}

/** Moves time on to the next tick, and takes its event. */
async function tick(client: EventClient) {
  await secondPassed();
  return client.next('pipeline');
}

test('every second all pages get the same event from one read of the registry', async () => {
  const pages = [await open(), await open(), await open()];
  const before = registry.calls.loadReport!;
  for (let second = 1; second <= 3; second++) {
    await secondPassed();
    const told = await Promise.all(pages.map((page) => page.next('pipeline')));
    expect(told[0]!.at).toBe(`2024-01-01T00:00:0${second}.000Z`);
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).toEqual(told[0]);
    expect(told[0]!.serving.pages).toBe(3);
  }
  expect(registry.calls.loadReport).toBe(before + 3);
});

test("pages get the trainer's report, unless its format is unknown", async () => {
  registry.store.report = JSON.stringify(REPORT);
  const client = await open();
  expect((await tick(client)).trainer.report).toEqual(REPORT);
  for (const unknown of ['', '{', '{"format":"alder-trainer/9"}']) {
    registry.store.report = unknown;
    expect((await tick(client)).trainer).toMatchObject({ state: 'active', report: null });
  }
});

test('a trainer without a heartbeat is silent after its lease, and gone once it releases the lease', async () => {
  const client = await open();
  for (let second = 0; second < LEASE_MS / 1_000; second++) {
    expect((await tick(client)).trainer.state).toBe('active');
  }
  const silent = await tick(client);
  expect(silent.trainer).toMatchObject({ state: 'silent', silentMs: LEASE_MS + TICK_MS });
  await publisher.beat();
  expect((await tick(client)).trainer.state).toBe('active');
  await registry.releaseLease(publisher.held);
  expect((await tick(client)).trainer.state).toBe('none');
});

test('while the registry is away events say so, and the trainer keeps its last state', async () => {
  registry.store.report = JSON.stringify(REPORT);
  const client = await open();
  registry.isAway = true;
  for (let second = 1; second <= 5; second++) expect((await tick(client)).registry.isReachable).toBe(true);
  const away = await tick(client);
  expect(away.registry).toEqual({ isReachable: false, stalenessMs: 6_000 });
  expect(away.trainer).toMatchObject({ state: 'active', report: REPORT });
  expect(away.latest).toBe(1);
  registry.isAway = false;
  expect((await tick(client)).registry.isReachable).toBe(true);
});

test('a version that could not be loaded is tried again with the next tick', async () => {
  const client = await open();
  await client.versionsUpTo(1);
  const away = new AlderError('registry-unavailable', 'away');
  const failing = jest.spyOn(registry, 'loadRecord').mockRejectedValueOnce(away);
  await publisher.publish(irisTree(), { promote: false });
  await until(() => failing.mock.calls.length > 0);
  await tick(client);
  expect(await client.versionsUpTo(2)).toEqual([2]);
});

test('the request rate and the p99 cover the last ten seconds', async () => {
  const client = await open();
  for (let i = 0; i < 5; i++) await predict();
  const busy = (await tick(client)).serving;
  expect(busy).toMatchObject({ processes: 1, requests: 5, requestsPerSecond: 5 });
  expect(busy.p99Ms).toBeGreaterThan(0);
  for (let second = 2; second <= 10; second++) await tick(client);
  expect((await tick(client)).serving).toMatchObject({ requests: 5, requestsPerSecond: 0, p99Ms: null });
});

test('the figures of several processes add up, and each is asked once a second', async () => {
  await serving.stop();
  let asked = 0;
  const counts = new Array<number>(15).fill(0);
  await start({
    report: async () => {
      counts[1]! += 30 * asked++;
      return { workersWanted: 2, versions: [1, 1], shadow: [], predictions: [...counts], metrics: '' };
    },
  });
  const pages = [await open(), await open()];
  const { serving: figures } = await tick(pages[0]!);
  expect(figures).toMatchObject({ processes: 2, requests: 30, requestsPerSecond: 30 });
  expect(asked).toBe(2);
});

test('a report that does not arrive delays no event', async () => {
  const client = await open();
  jest.spyOn(registry, 'loadReport').mockReturnValue(new Promise(() => undefined));
  await predict();
  await clock.advance(4 * TICK_MS);
  await client.next('pipeline');
  const later = await client.next('pipeline');
  expect(later.serving.requests).toBe(1);
});

test('without an open page there is no timer and no read of the registry', async () => {
  expect(clock.sleeping).toBe(THE_WATCH);
  const [first, second] = [await open(), await open()];
  await first.close();
  await tick(second);
  await second.close();
  await until(() => clock.sleeping === THE_WATCH);
  const before = { ...registry.calls };
  await publisher.publish(irisTree(), { promote: false });
  await clock.advance(60 * TICK_MS);
  const { publish, loadState, ...looks } = registry.calls;
  expect(looks).toEqual(Object.fromEntries(Object.keys(looks).map((call) => [call, before[call]])));
});

test('a page that reads nothing is dropped, and pages that read stay', async () => {
  const features = Array.from({ length: 256 }, () => ({ ...REPORT.features[0]!, name: 'x'.repeat(500) }));
  registry.store.report = JSON.stringify({ ...REPORT, features });
  const [slow, quick] = [await open(), await open()];
  slow.answer.pause();
  for (let pages = 2; pages === 2; ) pages = (await tick(quick)).serving.pages;
  slow.answer.resume();
  expect(await slow.ended()).toBe('cut');
  expect(quick.end).toBeNull();
});

async function predict(): Promise<void> {
  const answer = await fetch(`${serving.url}/serve_decision_tree`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"data":[5.1,3.5,1.4,0.2]}',
  });
  expect(answer.status).toBe(200);
  await answer.text();
}

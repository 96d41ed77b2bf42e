import { RegistryView } from '../../../services/serving/models/registry-view';
import type { Serving } from '../../../services/serving/server/serving';
import { RefitRequests, WAITERS_MAX } from '../../../services/serving/training/refit-requests';
import { trainingAnswer, trainingUnderway } from '../../../shared/api/training';
import { silentLog } from '../../../shared/runtime/log';
import { ManualClock } from '../../support/manual-clock';
import { MemoryModelRegistry } from '../../support/memory-model-registry';
import { RawClient } from '../../support/raw-http';
import { irisTree, Publisher } from '../../support/stored-versions';
import { startTestServing, until } from '../../support/test-serving';

const LEASE_MS = 5_000;
const NEVER = new AbortController().signal;

let registry: MemoryModelRegistry;
let publisher: Publisher;

beforeEach(async () => {
  registry = new MemoryModelRegistry();
  publisher = await Publisher.open(registry);
});

describe('RefitRequests', () => {
  let clock: ManualClock;
  let view: RegistryView;
  let desk: RefitRequests;

  beforeEach(async () => {
    clock = new ManualClock();
    view = new RegistryView(registry, clock, silentLog);
    desk = new RefitRequests({ registry, view, clock, leaseMs: LEASE_MS });
    view.start();
    await until(() => view.state !== null);
  });

  afterEach(() => view.stop());

  test('one answer of the trainer resolves all tickets up to its number', async () => {
    const asked = [desk.ask(10_000, NEVER), desk.ask(10_000, NEVER)];
    await until(() => clock.sleeping === 2);
    await registry.answerRefit(publisher.held, { upTo: 1, version: 1, outcome: 'created' });
    expect((await asked[0])?.upTo).toBe(1);
    await until(() => clock.sleeping === 1);
    await registry.answerRefit(publisher.held, { upTo: 2, version: 1, outcome: 'unchanged' });
    expect((await asked[1])?.outcome).toBe('unchanged');
  });

  test('an old answer does not resolve a new ticket', async () => {
    await registry.answerRefit(publisher.held, { upTo: 0, version: 1, outcome: 'created' });
    await until(() => view.state?.answered !== null);
    expect(await desk.ask(0, NEVER)).toBeNull();
  });

  test('a wait for a refit ends after its time, not before', async () => {
    let answer: unknown = 'none yet';
    void desk.ask(3_000, NEVER).then((given) => {
      answer = given;
    });
    await until(() => clock.sleeping === 1);
    await clock.advance(2_999);
    expect(answer).toBe('none yet');
    await clock.advance(1);
    expect(answer).toBeNull();
  });

  test('a lease without a heartbeat for leaseMs is no-trainer, and not before', async () => {
    await clock.advance(LEASE_MS - 1);
    expect(await desk.ask(0, NEVER)).toBeNull();
    await clock.advance(1);
    registry.change({});
    await until(() => view.stalenessMs() === 0);
    await expect(desk.ask(0, NEVER)).rejects.toMatchObject({ code: 'no-trainer' });
    await publisher.beat();
    await until(() => view.trainerSilentMs() === 0);
    expect(await desk.ask(0, NEVER)).toBeNull();
  });

  test('a process that has just started does not call an unseen trainer silent', async () => {
    const unled = new MemoryModelRegistry();
    const freshView = new RegistryView(unled, clock, silentLog);
    const freshDesk = new RefitRequests({ registry: unled, view: freshView, clock, leaseMs: LEASE_MS });
    freshView.start();
    await until(() => freshView.state !== null);
    expect(await freshDesk.ask(0, NEVER)).toBeNull();
    await clock.advance(LEASE_MS);
    unled.change({});
    await until(() => freshView.stalenessMs() === 0);
    await expect(freshDesk.ask(0, NEVER)).rejects.toMatchObject({ code: 'no-trainer' });
    await freshView.stop();
  });

  test('a running wait ends as no-trainer when the heartbeats stop', async () => {
    const asked = desk.ask(30_000, NEVER).catch((error) => error.code);
    await until(() => clock.sleeping === 1);
    await clock.advance(LEASE_MS - 1_000);
    registry.change({});
    await until(() => view.stalenessMs() === 0);
    await clock.advance(1_000);
    expect(await asked).toBe('no-trainer');
  });

  test('a registry that is away for leaseMs is registry-unavailable, not no-trainer', async () => {
    registry.isAway = true;
    await expect(desk.ask(1_000, NEVER)).rejects.toMatchObject({ code: 'registry-unavailable' });
    await clock.advance(LEASE_MS);
    await expect(desk.ask(1_000, NEVER)).rejects.toMatchObject({ code: 'registry-unavailable' });
  });

  test('the number of waiters is bounded, and a waiter that gives up frees its place', async () => {
    const leaving = Array.from({ length: WAITERS_MAX }, () => new AbortController());
    const asked = leaving.map(({ signal }) => desk.ask(10_000, signal));
    await expect(desk.ask(10_000, NEVER)).rejects.toMatchObject({ code: 'too-many-waiters' });
    await until(() => clock.sleeping === WAITERS_MAX);
    leaving[0]!.abort();
    expect(await asked[0]).toBeNull();
    expect(await desk.ask(0, NEVER)).toBeNull();
    for (const waiter of leaving) waiter.abort();
    await Promise.all(asked);
  });
});

describe('GET and POST /train_decision_tree', () => {
  let serving: Serving;

  beforeEach(async () => {
    serving = await startTestServing(registry);
  });

  afterEach(() => serving.stop());

  const ask = async (query = '', method = 'GET') => {
    const answer = await fetch(`${serving.url}/train_decision_tree${query}`, { method });
    return {
      status: answer.status,
      retryAfter: answer.headers.get('retry-after'),
      body: await answer.json(),
    };
  };
  const asked = (count: number) => until(() => (registry.calls.askForRefit ?? 0) === count);

  test.each(['GET', 'POST'])(
    '%s of a training answers with the new version, which is then served',
    async (method) => {
      const answer = ask('', method);
      await asked(1);
      await publisher.publish(irisTree(2), { answer: { upTo: 1, version: 1, outcome: 'created' } });
      const { status, body } = await answer;
      expect(status).toBe(200);
      expect(trainingAnswer.parse(body)).toMatchObject({
        model: 'decisiontree',
        version: 1,
        created: true,
        promoted: true,
        reason: 'first',
        champion: 1,
        engine: 'exact',
        rows: { window: 10, fitted: 8, heldOut: 2, rejected: 0 },
        accuracy: { prequential: null, holdout: 1 / 2 },
        lineage: [{ partition: 0, windowFrom: '0', batchFrom: '0', next: '10' }],
      });
      expect(serving.models.champion?.version).toBe(1);
    },
  );

  test('HEAD and a page of another origin train nothing', async () => {
    const path = `${serving.url}/train_decision_tree`;
    const head = await fetch(path, { method: 'HEAD' });
    expect([head.status, head.headers.get('allow')]).toEqual([405, 'GET, POST']);
    const client = new RawClient(serving.port);
    await client.write(
      `GET /train_decision_tree HTTP/1.1\r\nhost: 127.0.0.1\r\nsec-fetch-site: cross-site\r\nconnection: close\r\n\r\n`,
    );
    const image = await client.answer();
    expect([image?.status, JSON.parse(image!.body).code]).toEqual([403, 'cross-site']);
    expect(registry.calls.askForRefit ?? 0).toBe(0);
  });

  test('a training without new rows answers the newest version with created false', async () => {
    await publisher.publish(irisTree(2));
    const answer = ask();
    await asked(1);
    await registry.answerRefit(publisher.held, { upTo: 1, version: 1, outcome: 'unchanged' });
    expect((await answer).body).toMatchObject({ version: 1, created: false });
  });

  test.each(['no-rows', 'no-fitted-row'] as const)(
    'a training with the outcome %s is 409',
    async (outcome) => {
      const answer = ask();
      await asked(1);
      await registry.answerRefit(publisher.held, { upTo: 1, version: null, outcome });
      expect(await answer).toMatchObject({ status: 409, body: { code: outcome } });
    },
  );

  test('a training without an answer in time is 202 with Retry-After and the newest version', async () => {
    expect(await ask('?wait=0')).toMatchObject({
      status: 202,
      retryAfter: '1',
      body: { status: 'training', latest: null },
    });
    await publisher.publish(irisTree(2));
    await until(() => serving.models.champion?.version === 1);
    const { body } = await ask('?wait=0.01');
    expect(trainingUnderway.parse(body)).toEqual({ status: 'training', model: 'decisiontree', latest: 1 });
  });

  test('a hundred waiting trainings share one watch of the registry', async () => {
    const watch = jest.spyOn(registry, 'watch');
    const answers = Array.from({ length: 100 }, () => ask());
    await asked(100);
    await registry.answerRefit(publisher.held, { upTo: 100, version: null, outcome: 'no-rows' });
    expect(new Set((await Promise.all(answers)).map(({ status }) => status))).toEqual(new Set([409]));
    expect(watch).not.toHaveBeenCalled();
  });

  test('a client that leaves ends its wait', async () => {
    const client = new RawClient(serving.port);
    await client.write('GET /train_decision_tree?wait=30 HTTP/1.1\r\nHost: a\r\n\r\n');
    await asked(1);
    client.destroy();
    const begun = performance.now();
    await serving.stop();
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  test('a stop answers waiting trainings with 202', async () => {
    const answer = ask('?wait=30');
    await asked(1);
    await serving.stop();
    expect((await answer).status).toBe(202);
  });
});

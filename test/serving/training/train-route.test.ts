import { RegistryView } from '../../../services/serving/models/registry-view';
import type { Serving } from '../../../services/serving/server/serving';
import { RefitRequests, WAITERS_MAX } from '../../../services/serving/training/refit-requests';
import { trainingAnswer, trainingUnderway } from '../../../shared/api/answers';
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

describe('the desk', () => {
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

  test('all who wait are answered together, once their tickets are', async () => {
    const asked = [desk.ask(10_000, NEVER), desk.ask(10_000, NEVER)];
    await until(() => clock.sleeping === 2);
    await registry.answerRefit(publisher.held, { upTo: 1, version: 1, outcome: 'created' });
    expect((await asked[0])?.upTo).toBe(1);
    await until(() => clock.sleeping === 1);
    await registry.answerRefit(publisher.held, { upTo: 2, version: 1, outcome: 'unchanged' });
    expect((await asked[1])?.outcome).toBe('unchanged');
  });

  test('an old answer does not stand for a new ticket', async () => {
    await registry.answerRefit(publisher.held, { upTo: 0, version: 1, outcome: 'created' });
    await until(() => view.state?.answered !== null);
    expect(await desk.ask(0, NEVER)).toBeNull();
  });

  test('the wait ends after its time, not before', async () => {
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

  test('a lease that beats no more is no trainer, after leaseMs and not before', async () => {
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

  test('a process that has just begun does not call a trainer silent that it never saw', async () => {
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

  test('a wait under way ends as no-trainer when the beats stop', async () => {
    const asked = desk.ask(30_000, NEVER).catch((error) => error.code);
    await until(() => clock.sleeping === 1);
    await clock.advance(LEASE_MS - 1_000);
    registry.change({});
    await until(() => view.stalenessMs() === 0);
    await clock.advance(1_000);
    expect(await asked).toBe('no-trainer');
  });

  test('a registry that is not seen for leaseMs is told from a silent trainer', async () => {
    registry.isAway = true;
    await expect(desk.ask(1_000, NEVER)).rejects.toMatchObject({ code: 'registry-unavailable' });
    await clock.advance(LEASE_MS);
    await expect(desk.ask(1_000, NEVER)).rejects.toMatchObject({ code: 'registry-unavailable' });
  });

  test('those who wait are bounded, and a place comes free when one gives up', async () => {
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

describe('the route', () => {
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
    '%s answers with the version that came of it, which is then served',
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

  test('no new row, no new version: the newest one stands, and created is false', async () => {
    await publisher.publish(irisTree(2));
    const answer = ask();
    await asked(1);
    await registry.answerRefit(publisher.held, { upTo: 1, version: 1, outcome: 'unchanged' });
    expect((await answer).body).toMatchObject({ version: 1, created: false });
  });

  test.each(['no-rows', 'no-fitted-row'] as const)('%s is 409', async (outcome) => {
    const answer = ask();
    await asked(1);
    await registry.answerRefit(publisher.held, { upTo: 1, version: null, outcome });
    expect(await answer).toMatchObject({ status: 409, body: { code: outcome } });
  });

  test('without an answer in time it is 202 with Retry-After and the newest version', async () => {
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

  test('a hundred who ask share one watch', async () => {
    const watch = jest.spyOn(registry, 'watch');
    const answers = Array.from({ length: 100 }, () => ask());
    await asked(100);
    await registry.answerRefit(publisher.held, { upTo: 100, version: null, outcome: 'no-rows' });
    expect(new Set((await Promise.all(answers)).map(({ status }) => status))).toEqual(new Set([409]));
    expect(watch).not.toHaveBeenCalled();
  });

  test('a client that left is no longer waited for', async () => {
    const client = new RawClient(serving.port);
    await client.write('GET /train_decision_tree?wait=30 HTTP/1.1\r\nHost: a\r\n\r\n');
    await asked(1);
    client.destroy();
    const begun = performance.now();
    await serving.stop();
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  test('a stop answers those who wait with 202', async () => {
    const answer = ask('?wait=30');
    await asked(1);
    await serving.stop();
    expect((await answer).status).toBe(202);
  });
});

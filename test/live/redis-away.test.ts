import { CHAMPION } from '../../shared/model-registry/aliases';
import type { ModelRegistry } from '../../shared/model-registry/model-registry';
import { type AlderProcess, askUntil, eventually, postJson, useAlder } from '../support/alder-process';
import { describeLive } from '../support/live';
import { type LiveKafka, openLiveKafka } from '../support/live-kafka';
import { takeLease } from '../support/publications';
import { useRedisRegistries } from '../support/redis-registries';
import { irisTree, makeVersion } from '../support/stored-versions';

const ROW = { data: [5.1, 3.5, 1.4, 0.2] };

interface Health {
  readonly ready: boolean;
  readonly version: number | null;
  readonly stalenessMs: number;
}

describeLive('serving while Redis is away', ({ kafkaBrokers, redisUrl }) => {
  const alder = useAlder();
  const redis = useRedisRegistries(redisUrl);
  let kafka: LiveKafka;

  /** Settings of a process whose only way to Redis is a proxy. */
  async function behindProxy() {
    const { proxy, url } = await redis.openProxy();
    const environment = {
      KAFKA_BROKERS: kafkaBrokers.join(','),
      REDIS_URL: url,
      PORT: '0',
      ALDER_TRAINER_PORT: '0',
      ALDER_MODEL: redis.model,
      ALDER_TOPIC: kafka.newTopic(),
    };
    return { proxy, environment };
  }

  async function startServing() {
    const { proxy, environment } = await behindProxy();
    return { proxy, serve: () => alder.start(['serve'], { environment }) };
  }

  async function publish(registry: ModelRegistry): Promise<void> {
    const state = await registry.loadState();
    const version = (state.newest?.version ?? 0) + 1;
    const made = makeVersion(version, irisTree(), state.newest, redis.model);
    const outcome = await registry.publish({
      lease: await takeLease(registry),
      version,
      recordDigest: made.record.recordDigest,
      recordText: made.recordText,
      treeText: made.treeText,
      parent: state.newest,
      championRevision: state.aliases[CHAMPION]?.revision ?? 0,
      promote: true,
      reason: made.record.promotion.reason,
      actor: 'trainer-a',
      at: '2026-01-01T00:00:00.000Z',
      answer: null,
      keepVersions: 100,
      keepFrom: 1,
    });
    expect(outcome).toBe('done');
  }

  const predict = (url: string) => postJson(`${url}/serve_decision_tree`, ROW);

  async function healthOf(url: string): Promise<Health> {
    return (await (await fetch(`${url}/readyz`)).json()) as Health;
  }

  async function endsWell(serving: AlderProcess): Promise<void> {
    expect((await serving.end('SIGINT')).status).toBe(0);
  }

  async function endsSoon(role: AlderProcess, msMax = 2_000): Promise<void> {
    const beganMs = performance.now();
    await endsWell(role);
    expect(performance.now() - beganMs).toBeLessThan(msMax);
  }

  beforeAll(async () => {
    kafka = await openLiveKafka(kafkaBrokers);
  });

  afterAll(() => kafka.close());

  test('serving answers from memory while Redis is away, says how stale it is, and then gets the next version', async () => {
    const trainer = await redis.open();
    await publish(trainer);
    const { proxy, serve } = await startServing();
    const serving = serve();
    const url = await serving.url();
    expect(await (await predict(url)).json()).toMatchObject({ prediction: 'setosa', version: 1 });

    expect(proxy.down()).toBeGreaterThan(0);
    await publish(trainer);
    // Several polls are missed: the age of serving's state rises, and serving neither fails nor knows version 2.
    const stale = await eventually(
      () => healthOf(url),
      ({ stalenessMs }) => stalenessMs > 1_000,
    );
    expect(stale).toMatchObject({ ready: true, version: 1 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => predict(url)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(answers.map(({ headers }) => headers.get('alder-version'))).toEqual(Array(20).fill('1'));
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/^alder_\w*stale\w* [1-9]/m);

    proxy.up();
    await eventually(
      async () => (await predict(url)).headers.get('alder-version'),
      (version) => version === '2',
    );
    const { stalenessMs } = await eventually(
      () => healthOf(url),
      (health) => health.stalenessMs < 1_000,
    );
    expect(stalenessMs).toBeLessThan(1_000);
    await endsWell(serving);
  });

  test('after 5 s away the first page says how stale it is', async () => {
    await publish(await redis.open());
    const { proxy, serve } = await startServing();
    const serving = serve();
    const url = await serving.url();
    const page = async () => (await (await fetch(url)).json()) as { version: number; stalenessMs?: number };
    expect(await page()).not.toHaveProperty('stalenessMs');
    proxy.down();
    const away = await eventually(page, ({ stalenessMs }) => stalenessMs !== undefined);
    expect(away.version).toBe(1);
    expect(away.stalenessMs).toBeGreaterThanOrEqual(5_000);
    await endsWell(serving);
  });

  test('serving that starts while Redis is away is not ready, answers 503, and becomes ready', async () => {
    await publish(await redis.open());
    const { proxy, serve } = await startServing();
    proxy.down();
    const serving = serve();
    const url = await serving.url();
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    const refused = await predict(url);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await refused.json()).toMatchObject({ code: 'model-not-loaded' });

    proxy.up();
    await askUntil(200, () => predict(url));
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    await endsWell(serving);
  });

  test('Ctrl-C ends serving within 2 s while Redis is away', async () => {
    const { proxy, serve } = await startServing();
    proxy.down();
    const serving = serve();
    await serving.url();
    await endsSoon(serving);
  });

  test.each([['up'], ['train']])('Ctrl-C ends alder %s within 2 s while it waits for Redis', async (role) => {
    const { proxy, environment } = await behindProxy();
    proxy.down();
    const waiting = alder.start([role], { environment });
    await waiting.line(/is away, still trying/);
    await endsSoon(waiting);
  });

  test('a command that only reads gives up after 5 s and says why', async () => {
    const { proxy, environment } = await behindProxy();
    proxy.down();
    const { status, stdout, stderr } = await alder.run(['versions'], { environment });
    expect({ status, stdout }).toEqual({ status: 1, stdout: [] });
    expect(stderr[0]).toMatch(/^alder: registry: no contact with .* \(registry-unavailable\)$/);
  });

  test.each([['gone'], ['silent']])(
    'Ctrl-C ends a trainer in the middle of its work within 4 s while Redis is %s',
    async (how) => {
      const { proxy, environment } = await behindProxy();
      const up = alder.start(['up'], { environment: { ...environment, ALDER_LEASE_MS: '500' } });
      await up.line(/ · version 1 live/);
      if (how === 'gone') proxy.down();
      else {
        proxy.hold('everything');
        await proxy.heldBack('requests');
      }
      // The command in flight and the giving up of the lease have a second each, and a little.
      await endsSoon(up, 4_000);
    },
  );
});

import { waitUntil } from '../kills/long-wait';
import { brokenLinks, counted, outcome, trainToEnd, verifyAll } from '../kills/verdict';
import { useAlder } from '../support/alder-process';
import { newestRecord } from '../support/scenario-places';
import { RedisPipeline } from './redis-pipeline';
import { describeOwnRedis } from './servers/describe-faults';

/** Longer than the client's own 1 s for a command and 2 s for a silent socket, and than the lease of 500 ms. */
const HANG_MS = 2_500;
/** A prediction comes from memory: it may wait for a core of this machine, not for Redis, whose timeout is 1 s. */
const PREDICTION_MEDIAN_MS_MAX = 200;
const WAIT_MS_MAX = 10_000;
const PREDICTIONS_AWAY = 50;
const REFUSALS = 5;
/** How many replies are delayed until one is that of a publish. */
const HOLDS_MAX = 20;
const HOLD_MS = 400;

describeOwnRedis('a Redis process of our own, under load', ({ kafkaBrokers }) => {
  const alder = useAlder();
  let pipeline: RedisPipeline;

  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const toldOf = (code: string) => pipeline.trainer.stderr.filter((line) => line.includes(`(${code})`));

  beforeAll(async () => {
    pipeline = await RedisPipeline.start(alder, kafkaBrokers);
  }, 60_000);

  afterAll(() => pipeline.close(), 60_000);

  /** Checks after every fault: the versions that were seen are stored, predictions never stopped, and the trainer goes on. */
  async function survivedSince(fromMs: number): Promise<void> {
    const { trainer, seen, load } = pipeline;
    await pipeline.newVersion(await seen.noteAfter(trainer));
    expect(await seen.changed()).toEqual([]);
    const { failed, medianMs } = load.since(fromMs);
    expect(failed).toEqual([]);
    expect(medianMs).toBeLessThan(PREDICTION_MEDIAN_MS_MAX);
  }

  test.each([
    ['killed', 'SIGKILL', 'SIGKILL'],
    ['ended in order', 'SIGTERM', null],
  ] as const)(
    'Redis that is %s and starts again from its append-only file holds every published version',
    async (_, signal, endedBy) => {
      const { redis, trainer, seen } = pipeline;
      const fromMs = performance.now();
      await pipeline.newVersion(await seen.noteAfter(trainer));
      const pid = redis.pid;
      expect(await redis.end(signal)).toBe(endedBy);
      await pipeline.predictions(PREDICTIONS_AWAY);
      expect(await pipeline.isTrainerAlive()).toBe(true);
      await redis.startAgain();
      expect(redis.pid).not.toBe(pid);
      expect(Number(await redis.info('persistence', 'aof_enabled'))).toBe(1);
      await waitUntil('the registry', WAIT_MS_MAX, () => seen.newest(), Boolean);
      await survivedSince(fromMs);
    },
    60_000,
  );

  test('Redis that is stopped for longer than every timeout delays only the trainer, which goes on', async () => {
    const { redis } = pipeline;
    const fromMs = performance.now();
    redis.freeze();
    expect(redis.isFrozen).toBe(true);
    await sleep(HANG_MS);
    expect(await pipeline.isTrainerAlive()).toBe(true);
    await pipeline.predictions(PREDICTIONS_AWAY);
    expect(redis.isFrozen).toBe(true);
    redis.awake();
    await waitUntil('the registry', WAIT_MS_MAX, () => pipeline.seen.newest(), Boolean);
    await survivedSince(fromMs);
  }, 60_000);

  test('Redis that is paused for its clients delays only the trainer, which goes on', async () => {
    const { redis } = pipeline;
    const fromMs = performance.now();
    await redis.withAdmin((admin) => admin.client('PAUSE', HANG_MS));
    await redis.withAdmin((admin) => admin.ping());
    expect(performance.now() - fromMs).toBeGreaterThan(HANG_MS - 500);
    expect(await pipeline.isTrainerAlive()).toBe(true);
    await waitUntil('the registry', WAIT_MS_MAX, () => pipeline.seen.newest(), Boolean);
    await survivedSince(fromMs);
  }, 60_000);

  test('a full Redis refuses a publish before any write, and takes it when there is space', async () => {
    const { redis, trainer, load } = pipeline;
    const refusals = async () =>
      Number(/count=(\d+)/.exec((await redis.info('errorstats', 'errorstat_OOM')) ?? '')?.[1] ?? 0);
    const untilRefused = (count: number) =>
      waitUntil(`${count} refused commands`, WAIT_MS_MAX, refusals, (so) => so >= count);
    const refusedPublishes = () => toldOf('publish-unknown').filter((line) => line.includes('OOM')).length;
    const fromMs = performance.now();
    const usedBytes = Number(await redis.info('memory', 'used_memory'));
    await redis.withAdmin((admin) => admin.config('SET', 'maxmemory', Math.floor(usedBytes / 2)));
    await untilRefused(REFUSALS);
    const held = await redis.everything();
    await waitUntil('a refused publish', WAIT_MS_MAX, async () => refusedPublishes(), Boolean);
    await untilRefused((await refusals()) + REFUSALS);
    await pipeline.predictions(PREDICTIONS_AWAY);
    expect(await redis.everything()).toEqual(held);
    expect(load.since(fromMs).failed).toEqual([]);
    await redis.withAdmin((admin) => admin.config('SET', 'maxmemory', 0));
    expect(trainer.stderr.filter((line) => line.includes('OOM')).length).toBeGreaterThan(0);
    await survivedSince(fromMs);
  }, 60_000);

  /**
   * Holds back what Redis replies to the trainer until a publish got through in the meantime; gives its version.
   * The reply to it is then still held.
   */
  async function holdPublishReply(): Promise<number> {
    const { proxy, seen } = pipeline;
    for (let hold = 1; hold <= HOLDS_MAX; hold++) {
      const before = await seen.newest();
      proxy.hold('replies');
      const untilMs = performance.now() + HOLD_MS;
      while (performance.now() < untilMs) {
        const newest = await seen.newest();
        if (newest > before) return newest;
      }
      proxy.release();
      await pipeline.newVersion(before);
    }
    throw new Error(`no publish came in ${HOLDS_MAX} holds of ${HOLD_MS} ms`);
  }

  test('a publish whose reply is cut makes one version, which the trainer recognises as its own', async () => {
    const { proxy, trainer, registry } = pipeline;
    const fromMs = performance.now();
    const version = await holdPublishReply();
    expect(proxy.cut()).toBeGreaterThan(0);
    const record = await registry.loadRecord(version);
    proxy.release();
    await pipeline.newVersion(version);
    await trainer.line(new RegExp(`version ${version}: outcome unknown.*\\(publish-unknown\\)`));
    // The trainer tells of its version once it knows the outcome.
    await trainer.line(new RegExp(` · version ${version} (live|refused)`));
    expect(await registry.loadRecord(version)).toBe(record);
    await survivedSince(fromMs);
  }, 60_000);

  test('a trainer that dies before the reply to its publish leaves one version, the parent of the next one', async () => {
    const { proxy, registry, seen } = pipeline;
    const version = await holdPublishReply();
    const { signal, stdout, stderr } = await pipeline.trainer.end('SIGKILL');
    expect(signal).toBe('SIGKILL');
    expect([...stdout, ...stderr].some((line) => line.includes(` · version ${version} `))).toBe(false);
    proxy.release();
    const record = await registry.loadRecord(version);
    pipeline.startTrainerAgain(alder);
    await pipeline.trainer.line(new RegExp(`training, from version ${version} on`));
    await pipeline.newVersion(version);
    expect(await registry.loadRecord(version)).toBe(record);
    expect(await seen.changed()).toEqual([]);
  }, 60_000);

  test('the history after all faults is that of a run without faults', async () => {
    const { registry, place, producer, trainer, seen } = pipeline;
    await producer.end('SIGINT');
    const calm = await trainToEnd(alder, place, await place.registry(`${place.topic}-calm`));
    const newest = await waitUntil(
      "the version at the log's end",
      WAIT_MS_MAX,
      async () => outcome((await newestRecord(registry))!),
      (seen) => JSON.stringify(seen) === JSON.stringify(outcome(calm)),
    );
    expect(newest).toEqual(outcome(calm));
    await trainer.end('SIGINT');
    expect(await seen.changed()).toEqual([]);
    expect(await brokenLinks(registry)).toEqual([]);
    const { inLog, ...ledger } = await counted((await newestRecord(registry))!, place);
    expect(ledger).toEqual({ messages: inLog, accepted: inLog, skipped: 0, rejected: 0 });
    expect(await verifyAll(alder, place, registry.model)).toBe((await registry.listVersions()).length);
  }, 60_000);
});

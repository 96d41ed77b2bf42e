import { useAlder } from '../support/alder-process';
import { BrokerPipeline } from './broker-pipeline';
import { describeOwnBrokers } from './servers/describe-faults';
import { OwnBroker } from './servers/own-broker';

const PARTITIONS = 3;
const KILLED = 137;
/** Longer than each timeout of the client: 3 s to connect, 5 s for a request, and its retries of half a second. */
const PAUSE_MS = 60_000;
const AWAY_MS = 5_000;
const ROWS_AFTER = 400;
const TEST_MS_MAX = 300_000;

describeOwnBrokers('a Kafka broker of our own, under load', ({ redisUrl }) => {
  const alder = useAlder();
  let broker: OwnBroker;
  let pipeline: BrokerPipeline;

  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  beforeAll(async () => {
    broker = await OwnBroker.start({ nodeId: 1 });
    pipeline = await BrokerPipeline.start(alder, { kafkaBrokers: [broker.address], redisUrl }, PARTITIONS);
  }, TEST_MS_MAX);

  afterAll(async () => {
    await pipeline?.close();
    await broker?.remove();
  }, TEST_MS_MAX);

  async function goesOn(): Promise<void> {
    expect(await pipeline.faultsAfter(ROWS_AFTER)).toEqual([]);
  }

  beforeEach(() => goesOn(), TEST_MS_MAX);

  test(
    'restarted in order, it is written to and read on from where it was',
    async () => {
      const before = await broker.startedAt();
      await broker.restart();
      expect(await broker.startedAt()).not.toBe(before);
      await goesOn();
    },
    TEST_MS_MAX,
  );

  test(
    'killed and started again, it is written to and read on from where it was',
    async () => {
      await broker.kill();
      expect([await broker.state(), await broker.exitStatus()]).toEqual(['exited', KILLED]);
      await sleep(AWAY_MS);
      await broker.startAgain();
      await goesOn();
    },
    TEST_MS_MAX,
  );

  test(
    'paused for a minute, it is written to and read on from where it was',
    async () => {
      await broker.pause();
      expect(await broker.state()).toBe('paused');
      await sleep(PAUSE_MS);
      expect(await broker.state()).toBe('paused');
      await broker.unpause();
      await goesOn();
    },
    TEST_MS_MAX,
  );

  test(
    'after all of it every acknowledged row is in the log and in the window, once',
    async () => {
      expect(await pipeline.verdict(alder)).toEqual([]);
    },
    TEST_MS_MAX,
  );
});

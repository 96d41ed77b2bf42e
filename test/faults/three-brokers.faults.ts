import { useAlder } from '../support/alder-process';
import { BrokerPipeline } from './broker-pipeline';
import { describeOwnBrokers } from './servers/describe-faults';
import { OwnCluster } from './servers/own-cluster';

const PARTITIONS = 6;
const KILLED = 137;
/** Longer than the 9 s after which the other brokers take a silent one for dead. */
const PAUSE_MS = 20_000;
const ROWS_AFTER = 400;
const TEST_MS_MAX = 400_000;

/** A send over several leaders has lost acknowledged rows when one of them died: kafkajs skipped them in its retry. */
describeOwnBrokers('three Kafka brokers of our own, under load on all partitions', ({ redisUrl }) => {
  const alder = useAlder();
  let cluster: OwnCluster;
  let pipeline: BrokerPipeline;

  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  beforeAll(async () => {
    cluster = await OwnCluster.start();
    pipeline = await BrokerPipeline.start(alder, { kafkaBrokers: cluster.addresses, redisUrl }, PARTITIONS);
  }, TEST_MS_MAX);

  afterAll(async () => {
    await pipeline?.close();
    await cluster?.remove();
  }, TEST_MS_MAX);

  async function goesOn(): Promise<void> {
    expect(await pipeline.faultsAfter(ROWS_AFTER)).toEqual([]);
  }

  test(
    'the leader of a partition is killed: the others take over, and it comes back',
    async () => {
      const { topic } = pipeline.place;
      await cluster.healed(topic);
      await goesOn();
      const leader = await cluster.leaderOf(topic, 0);
      await leader.kill();
      expect([await leader.state(), await leader.exitStatus()]).toEqual(['exited', KILLED]);
      await goesOn();
      await cluster.movedAway(topic, 0, leader);
      await leader.startAgain();
      await cluster.healed(topic);
      await goesOn();
    },
    TEST_MS_MAX,
  );

  test(
    'the leader of another partition hangs: the others take over, and it wakes up',
    async () => {
      const { topic } = pipeline.place;
      const leader = await cluster.leaderOf(topic, 1);
      await leader.pause();
      expect(await leader.state()).toBe('paused');
      await sleep(PAUSE_MS);
      await cluster.movedAway(topic, 1, leader);
      await goesOn();
      expect(await leader.state()).toBe('paused');
      await leader.unpause();
      await cluster.healed(topic);
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

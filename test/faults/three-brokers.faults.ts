import { describeBrokerFaults, killBroker, pauseBroker } from './broker-suite';
import { OwnCluster } from './servers/own-cluster';

const PARTITIONS = 6;
/** Longer than the 9 s after which the other brokers take a silent one for dead. */
const PAUSE_MS = 20_000;

/** A send over several leaders has lost acknowledged rows when one of them died: kafkajs skipped them in its retry. */
describeBrokerFaults(
  'three Kafka brokers of our own, under load on all partitions',
  () => OwnCluster.start(),
  PARTITIONS,
  ({ brokers, topic, goesOn, survives }) => {
    survives('the other brokers take over from a leader that is killed, and it comes back', async () => {
      const cluster = brokers();
      await cluster.healed(topic());
      const leader = await cluster.leaderOf(topic(), 0);
      await killBroker(leader);
      await goesOn();
      await cluster.movedAway(topic(), 0, leader);
      await leader.startAgain();
      await cluster.healed(topic());
    });

    survives('the other brokers take over from a leader that hangs, and it wakes up', async () => {
      const cluster = brokers();
      const leader = await cluster.leaderOf(topic(), 1);
      await pauseBroker(leader, PAUSE_MS, async () => {
        await cluster.movedAway(topic(), 1, leader);
        await goesOn();
      });
      await cluster.healed(topic());
    });

    // One of them is the only broker that the producer of rejected rows is connected to, and leads their partition.
    for (const turn of [0, 1, 2]) {
      survives(`both roles go on while broker ${turn} hangs`, async () => {
        const cluster = brokers();
        await pauseBroker(cluster.brokers[turn]!, PAUSE_MS, goesOn);
        await cluster.healed(topic());
      });
    }
  },
);

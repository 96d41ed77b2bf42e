import { describeBrokerFaults, killBroker, pauseBroker, sleep } from './broker-suite';
import { OwnBroker } from './servers/own-broker';

const PARTITIONS = 3;
/** Longer than each timeout of the client: 3 s to connect, 6 s for an answer, and its retries of half a second. */
const PAUSE_MS = 60_000;
const AWAY_MS = 5_000;

const startBroker = () => OwnBroker.start({ nodeId: 1 });

describeBrokerFaults(
  'a Kafka broker of our own, under load',
  startBroker,
  PARTITIONS,
  ({ brokers, survives }) => {
    survives('a broker that restarts in order is written to and read on from where it was', async () => {
      const before = await brokers().startedAt();
      await brokers().restart();
      expect(await brokers().startedAt()).not.toBe(before);
    });

    survives(
      'a broker that is killed and starts again is written to and read on from where it was',
      async () => {
        await killBroker(brokers());
        await sleep(AWAY_MS);
        await brokers().startAgain();
      },
    );

    survives('a broker that is paused for a minute is written to and read on from where it was', async () => {
      await pauseBroker(brokers(), PAUSE_MS);
    });
  },
);

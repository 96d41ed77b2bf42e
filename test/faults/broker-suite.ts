import { useAlder } from '../support/alder-process';
import { BrokerPipeline } from './broker-pipeline';
import { describeOwnBrokers } from './servers/describe-faults';
import type { OwnBroker } from './servers/own-broker';

/** The status of a process that kill -9 ended. */
const KILLED = 137;
const ROWS_AFTER = 400;
/** Limit of one test: an outage, and the recovery of both roles. */
const TEST_MS_MAX = 400_000;

/** One broker, or several that stand for one another. */
interface OwnBrokers {
  readonly addresses: string[];
  remove(): Promise<void>;
}

interface BrokerSuite<Brokers> {
  /** There once the suite's tests run. */
  brokers(): Brokers;
  /** The topic that a producer writes to and a trainer reads all the time. */
  topic(): string;
  /** Fails unless both roles go on, and all that was in the log and in the registry still is. */
  goesOn(): Promise<void>;
  /** A test that breaks brokers. */
  survives(what: string, breakAndMend: () => Promise<void>): void;
}

/**
 * A suite that breaks brokers of its own under a producer and a trainer, and then judges what all of it has left. Both
 * roles go on before the first fault as well: one that never worked survives everything.
 */
export function describeBrokerFaults<Brokers extends OwnBrokers>(
  name: string,
  startBrokers: () => Promise<Brokers>,
  partitions: number,
  faults: (suite: BrokerSuite<Brokers>) => void,
): void {
  describeOwnBrokers(name, ({ redisUrl }) => {
    const alder = useAlder();
    let brokers: Brokers;
    let pipeline: BrokerPipeline;

    async function goesOn(): Promise<void> {
      expect(await pipeline.faultsAfter(ROWS_AFTER)).toEqual([]);
    }

    beforeAll(async () => {
      brokers = await startBrokers();
      const servers = { kafkaBrokers: brokers.addresses, redisUrl };
      pipeline = await BrokerPipeline.start(alder, servers, partitions);
      await goesOn();
    }, TEST_MS_MAX);

    afterAll(async () => {
      await pipeline?.close();
      await brokers?.remove();
    }, TEST_MS_MAX);

    faults({
      brokers: () => brokers,
      topic: () => pipeline.place.topic,
      goesOn,
      survives: (what, breakAndMend) => {
        const breakAndGoOn = async () => {
          await breakAndMend();
          await goesOn();
        };
        test(what, breakAndGoOn, TEST_MS_MAX);
      },
    });

    test(
      'every acknowledged row is in the log and in the window once after all faults',
      async () => {
        expect(await pipeline.verdict(alder)).toEqual([]);
      },
      TEST_MS_MAX,
    );
  });
}

/** kill -9, and the proof that it did. */
export async function killBroker(broker: OwnBroker): Promise<void> {
  await broker.kill();
  expect([await broker.state(), await broker.exitStatus()]).toEqual(['exited', KILLED]);
}

/** Stops a broker's process for a time, calls `meanwhile`, and lets the process go on. */
export async function pauseBroker(
  broker: OwnBroker,
  pauseMs: number,
  meanwhile: () => Promise<void> = async () => undefined,
): Promise<void> {
  await broker.pause();
  try {
    expect(await broker.state()).toBe('paused');
    await sleep(pauseMs);
    await meanwhile();
    expect(await broker.state()).toBe('paused');
  } finally {
    // A broker that stayed away would fail the tests after this one as well.
    await broker.unpause();
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

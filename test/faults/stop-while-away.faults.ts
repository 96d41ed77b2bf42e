import { join } from 'node:path';
import { waitUntil } from '../kills/long-wait';
import { writeRows } from '../kills/numbered-rows';
import { TRAINING } from '../kills/verdict';
import { type AlderProcess, useAlder } from '../support/alder-process';
import { livePlace, type ScenarioPlace } from '../support/scenario-places';
import { killBroker } from './broker-suite';
import { describeOwnServers } from './servers/describe-faults';
import { freePort } from './servers/free-port';
import { OwnBroker } from './servers/own-broker';
import { OwnRedis } from './servers/own-redis';

const PARTITIONS = 3;
const FILE_ROWS = 200_000;
const ROWS_PER_SECOND = '80';
const WAIT_MS_MAX = 120_000;
const TEST_MS_MAX = 400_000;
const UNANSWERED = /stopped before the log acknowledged \d+ sent rows; the log may hold them/;

/** A process that does not end in order within 10 s ends with status 1: status 0 alone shows that it did. */
describeOwnServers('a role that is told to stop while its broker is away', () => {
  const alder = useAlder();
  let broker: OwnBroker;
  let redis: OwnRedis;
  let place: ScenarioPlace;
  let file: string;

  beforeAll(async () => {
    [broker, redis] = await Promise.all([OwnBroker.start({ nodeId: 1 }), OwnRedis.start()]);
    place = await livePlace({ kafkaBrokers: [broker.address], redisUrl: redis.url })(PARTITIONS);
    file = join(alder.newFolder(), 'numbered.csv');
    writeRows(file, FILE_ROWS);
  }, TEST_MS_MAX);

  afterAll(async () => {
    // Whatever state the tests left them in, the servers and all that they hold go next.
    await place?.remove().catch(() => undefined);
    await Promise.all([broker?.remove(), redis?.remove()]);
  }, TEST_MS_MAX);

  async function produce(): Promise<{ producer: AlderProcess; acknowledged(): Promise<number> }> {
    const port = await freePort();
    const producer = alder.start(['produce', file, '--resume', '--json', '--rate', ROWS_PER_SECOND], {
      environment: {
        ...place.environment,
        ALDER_SCHEMA: TRAINING.ALDER_SCHEMA,
        ALDER_PRODUCER_PORT: String(port),
      },
    });
    const acknowledged = async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
      return answer === null ? 0 : ((await answer.json()) as { rowsInLog: number }).rowsInLog;
    };
    await waitUntil('acknowledged rows', WAIT_MS_MAX, acknowledged, (rows) => rows > 0);
    return { producer, acknowledged };
  }

  async function messagesInLog(): Promise<number> {
    return (await place.log.bounds()).reduce((sum, { end }) => sum + end, 0);
  }

  /** Waits until no more rows are acknowledged: then an append is under way. */
  async function stalled(acknowledged: () => Promise<number>): Promise<void> {
    let before = -1;
    const look = async () => {
      const now = await acknowledged();
      const isSame = now === before;
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return isSame;
    };
    await waitUntil('the producer to wait', WAIT_MS_MAX, look, Boolean);
  }

  async function endsInOrder(role: AlderProcess): Promise<readonly string[]> {
    const { status, stderr } = await role.end('SIGTERM');
    expect([status, stderr]).toEqual([0, expect.anything()]);
    return stderr;
  }

  it.each([
    ['hangs', () => broker.pause(), () => broker.unpause()],
    ['is dead', () => killBroker(broker), () => broker.startAgain()],
  ])(
    'a producer ends in order while the broker %s, reports the rows of unknown outcome, and goes on afterwards',
    async (_, away, back) => {
      const { producer, acknowledged } = await produce();
      await away();
      try {
        await stalled(acknowledged);
        await producer.line(/rows wait to be acknowledged, for \d+ s so far/);
        const stderr = await endsInOrder(producer);
        expect(stderr.filter((line) => UNANSWERED.test(line))).toHaveLength(1);
      } finally {
        await back();
      }
      const next = await produce();
      const { stdout } = await next.producer.end('SIGTERM');
      const { rows, acknowledged: sent, alreadyInLog } = JSON.parse(stdout.at(-1)!) as Record<string, number>;
      expect(alreadyInLog).toBeGreaterThan(0);
      expect(sent! + alreadyInLog!).toBeLessThanOrEqual(rows!);
    },
    TEST_MS_MAX,
  );

  test(
    'a trainer ends in order while the broker hangs',
    async () => {
      const { producer } = await produce();
      const trainer = alder.start(['train', '--model', `${place.topic}-train`], {
        environment: { ...place.environment, ...TRAINING },
      });
      await trainer.line(/ · version 1 live/);
      await broker.pause();
      try {
        await trainer.line(/kafka-trouble|reading waits/);
        await endsInOrder(trainer);
        await endsInOrder(producer);
      } finally {
        await broker.unpause();
      }
    },
    TEST_MS_MAX,
  );

  test(
    'a trainer that starts while the broker hangs waits for it, and ends in order at a stop',
    async () => {
      await broker.pause();
      try {
        const trainer = alder.start(['train', '--model', `${place.topic}-train`], {
          environment: { ...place.environment, ...TRAINING },
        });
        await trainer.line(/kafka-trouble/);
        await endsInOrder(trainer);
      } finally {
        await broker.unpause();
      }
    },
    TEST_MS_MAX,
  );

  test(
    'the whole pipeline in one process ends in order while the broker hangs',
    async () => {
      const before = await messagesInLog();
      const up = alder.start(['up', file, '--port', '0', '--model', `${place.topic}-up`], {
        environment: { ...place.environment, ...TRAINING },
      });
      await up.line(/version 1/);
      // Its first version may be fitted on rows that were there before its own.
      await waitUntil('rows of its own', WAIT_MS_MAX, messagesInLog, (count) => count > before);
      await broker.pause();
      try {
        await up.line(/rows wait to be acknowledged/);
        const stderr = await endsInOrder(up);
        expect(stderr.filter((line) => UNANSWERED.test(line))).toHaveLength(1);
      } finally {
        await broker.unpause();
      }
    },
    TEST_MS_MAX,
  );
});

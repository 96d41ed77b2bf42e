import { type Admin, ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';
import type { ModelRegistry } from '../../shared/model-registry/model-registry';
import { rejectedTopic } from '../../shared/row-log/rejected-messages';
import { type AlderProcess, eventually, useAlder } from '../support/alder-process';
import { describeLive, uniqueName } from '../support/live';
import {
  isAtEnd,
  livePlace,
  newestRecord,
  readWholeLog,
  type ScenarioPlace,
} from '../support/scenario-places';

const GOOD = '{"data":[5.1,3.5,1.4,0.2],"label":"setosa"}';
const BAD = '{"data":[5.1,3.5,1.4],"label":"setosa"}';
/** More rows than one append takes, so that some are stored before one is refused. */
const BAD_ROWS = 1_200;
/** Below that of one bad row here, above that of a full append of the others. */
const LIMIT_BYTES = 600_000;
const LARGE_BAD = `"${'x'.repeat(700_000)}"`;

describeLive('the topic of rejected rows on Kafka', (servers) => {
  const alder = useAlder();
  let admin: Admin;
  let place: ScenarioPlace;
  let registry: ModelRegistry;
  let trainer: AlderProcess;

  beforeAll(async () => {
    const kafka = new Kafka({
      clientId: 'alder-test',
      brokers: servers.kafkaBrokers,
      logLevel: logLevel.NOTHING,
    });
    admin = kafka.admin();
    await admin.connect();
  });

  afterAll(() => admin.disconnect());

  /** A trainer that has learned one good row. */
  beforeEach(async () => {
    place = await livePlace(servers)();
    registry = await place.registry(place.topic);
    await append(GOOD);
    trainer = train();
    await untilNext('1');
  }, 30_000);

  afterEach(async () => {
    await trainer.end('SIGKILL');
    await place.remove();
  });

  function train(): AlderProcess {
    const settings = { ALDER_BATCH_WAIT_MS: '50', ALDER_LEASE_MS: '500', ALDER_TRAINER_PORT: '0' };
    return alder.start(['train', '--log', 'json'], { environment: { ...place.environment, ...settings } });
  }

  async function append(...values: readonly string[]): Promise<void> {
    for (let from = 0; from < values.length; from += 1_000)
      await place.log.append(
        0,
        values.slice(from, from + 1_000).map((value) => ({ value })),
      );
  }

  const untilNext = (next: string) =>
    eventually(
      () => newestRecord(registry),
      (record) => record?.lineage[0]?.next === next,
    );

  const untilAtEnd = () =>
    eventually(
      async () => isAtEnd(await newestRecord(registry), place.log),
      (isDone) => isDone,
    );

  async function rejectedOffsets(): Promise<number[]> {
    const messages = await readWholeLog(await place.rejectedLog());
    return messages.map(({ headers }) => Number(headers!['alder-offset']));
  }

  test('reading waits while the topic of rejected rows is missing, says so, and loses nothing', async () => {
    const topic = rejectedTopic(place.topic);
    await admin.deleteTopics({ topics: [topic] });
    await append(BAD, GOOD);
    const line = await trainer.line(/"code":"rejected-waits"/);
    expect(JSON.parse(line).msg).toContain(topic);
    expect((await newestRecord(registry))!.lineage[0]).toMatchObject({ next: '1', rejected: 0 });
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] }).catch(() => undefined);
    await untilAtEnd();
    expect((await newestRecord(registry))!.lineage[0]).toMatchObject({ next: '3', accepted: 2, rejected: 1 });
    expect(await rejectedOffsets()).toEqual([1]);
    expect((await trainer.end('SIGINT')).status).toBe(0);
  }, 60_000);

  test('a trainer that stops while the topic of rejected rows is missing ends, and the next one makes the topic', async () => {
    await admin.deleteTopics({ topics: [rejectedTopic(place.topic)] });
    await append(BAD, GOOD);
    await trainer.line(/"code":"rejected-waits"/);
    expect((await trainer.end('SIGINT')).status).toBe(0);
    trainer = train();
    await untilAtEnd();
    expect(await rejectedOffsets()).toEqual([1]);
  }, 60_000);

  test('reading waits while the topic of rejected rows refuses a row, says so, and resends no earlier row', async () => {
    const topic = rejectedTopic(place.topic);
    await limit(topic, LIMIT_BYTES);
    // One good row more than bad ones, or the breaker would pause the partition.
    const mixed = Array.from({ length: BAD_ROWS }, () => [GOOD, BAD]).flat();
    await append(...mixed, GOOD);
    await append(LARGE_BAD, GOOD);
    const line = JSON.parse(await trainer.line(/"code":"rejected-append-refused"/));
    expect(line.msg).toMatch(/MESSAGE_TOO_LARGE.*max\.message\.bytes/);
    // Two further tries at the least.
    await trainer.line(/"code":"rejected-waits"/);
    const large = 1 + 2 * BAD_ROWS + 1;
    const expected = Array.from({ length: BAD_ROWS }, (_, i) => 2 + 2 * i);
    expect(await rejectedOffsets()).toEqual(expected);
    expect(Number((await newestRecord(registry))!.lineage[0]!.next)).toBeLessThanOrEqual(large);
    await limit(topic, 1_048_588);
    await untilAtEnd();
    expect(await rejectedOffsets()).toEqual([...expected, large]);
    expect((await newestRecord(registry))!.lineage[0]).toMatchObject({
      next: String(large + 2),
      accepted: BAD_ROWS + 3,
      rejected: BAD_ROWS + 1,
    });
    expect((await trainer.end('SIGINT')).status).toBe(0);
  }, 60_000);

  test('a start stops when the topic of rejected rows may not be made, with the command that makes it', async () => {
    const topic = uniqueName('test-rows');
    // Kafka makes no topic whose name is that of another one but for a dot where that has an underscore.
    const topics = [topic, `${topic}_rejected`];
    await admin.createTopics({ topics: topics.map((each) => ({ topic: each, numPartitions: 1 })) });
    try {
      const environment = { ...place.environment, ALDER_TOPIC: topic };
      const { status, stderr } = await alder.run(['train', '--trainer-port', '0'], { environment });
      expect(status).toBe(1);
      expect(stderr.join('\n')).toMatch(
        new RegExp(
          `topic ${topic}\\.rejected is missing and could not be made[^]*kafka-topics\\.sh .*--create`,
        ),
      );
    } finally {
      await admin.deleteTopics({ topics });
    }
  }, 60_000);

  async function limit(topic: string, bytesMax: number): Promise<void> {
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: ConfigResourceTypes.TOPIC,
          name: topic,
          configEntries: [{ name: 'max.message.bytes', value: String(bytesMax) }],
        },
      ],
    });
  }
});

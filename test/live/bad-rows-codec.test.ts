import { type Admin, ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';
import { eventually, useAlder } from '../support/alder-process';
import { describeLive } from '../support/live';
import { livePlace, newestRecord, type ScenarioPlace } from '../support/scenario-places';

const GOOD = { value: '{"data":[5.1,3.5,1.4,0.2],"label":"setosa"}' };

describeLive('a batch in a codec that nobody here can read, on Kafka', (servers) => {
  const alder = useAlder();
  let admin: Admin;
  let place: ScenarioPlace;

  beforeAll(async () => {
    const { kafkaBrokers: brokers } = servers;
    admin = new Kafka({ clientId: 'alder-test', brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
  });

  afterAll(() => admin.disconnect());

  beforeEach(async () => {
    place = await livePlace(servers)();
  });

  afterEach(() => place.remove());

  /** Lets the broker compress all further messages with a codec, as a foreign producer would. */
  async function pack(codec: string): Promise<void> {
    const configEntries = [{ name: 'compression.type', value: codec }];
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: place.topic, configEntries }],
    });
    await eventually(
      async () => {
        const asked = {
          type: ConfigResourceTypes.TOPIC,
          name: place.topic,
          configNames: ['compression.type'],
        };
        const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [asked] });
        return resources[0]!.configEntries[0]!.configValue;
      },
      (value) => value === codec,
    );
  }

  test.each(['snappy', 'lz4', 'zstd'])(
    'a trainer that meets the codec %s ends, names it, and skips no row',
    async (codec) => {
      const registry = await place.registry(place.topic);
      const settings = { ALDER_BATCH_WAIT_MS: '50', ALDER_LEASE_MS: '500', ALDER_TRAINER_PORT: '0' };
      const environment = { ...place.environment, ...settings };
      await place.log.append(0, [GOOD, GOOD]);
      const first = alder.start(['train'], { environment });
      await eventually(
        () => newestRecord(registry),
        (record) => record?.lineage[0]?.next === '2',
      );
      await pack(codec);
      await place.log.append(0, [GOOD]);
      await pack('uncompressed');
      await place.log.append(0, [GOOD]);
      for (const { exited } of [first, alder.start(['train'], { environment })]) {
        const { status, stderr } = await exited;
        expect(status).toBe(1);
        expect(stderr.join('\n')).toMatch(new RegExp(`${codec}[^]*compression\\.type=gzip`, 'i'));
      }
      const newest = await newestRecord(registry);
      expect(newest!.lineage[0]).toMatchObject({ next: '2', messages: 2, accepted: 2, rejected: 0 });
      expect(await place.log.bounds()).toEqual([{ partition: 0, earliest: 0, end: 4 }]);
    },
    60_000,
  );
});

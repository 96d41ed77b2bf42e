import { type Admin, ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';
import { eventually, useAlder } from '../support/alder-process';
import { describeLive } from '../support/live';
import { livePlace, newestRecord, type ScenarioPlace } from '../support/scenario-places';

const rowsOf = (from: number) =>
  Array.from({ length: 20 }, (_, i) => ({ value: `{"data":[${from + i},3.5,1.4,0.2],"label":"setosa"}` }));
const CODECS = ['uncompressed', 'gzip', 'snappy', 'lz4', 'zstd', 'uncompressed', 'zstd', 'snappy'];

describeLive('a topic on Kafka whose batches are packed by every codec in turn', (servers) => {
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

  /** From now on the broker itself packs each batch by the codec, with the libraries that Java producers use. */
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

  test('every codec is read by the trainer and by the verifier, live and again from a range, and to the same rows', async () => {
    const registry = await place.registry(place.topic);
    const settings = { ALDER_BATCH_WAIT_MS: '50', ALDER_LEASE_MS: '500', ALDER_TRAINER_PORT: '0' };
    const environment = { ...place.environment, ...settings };
    const trainer = alder.start(['train'], { environment });
    for (const [i, codec] of CODECS.entries()) {
      await pack(codec);
      await place.log.append(0, rowsOf(i * 20));
    }
    const next = String(CODECS.length * 20);
    const newest = await eventually(
      () => newestRecord(registry),
      (record) => record?.lineage[0]?.next === next,
    );
    expect(newest!.lineage[0]).toMatchObject({ messages: 160, accepted: 160, rejected: 0, skipped: 0 });
    expect((await trainer.end('SIGTERM')).status).toBe(0);
    const { status, stdout, stderr } = await alder.run(['verify', '--deep'], { environment });
    expect([status, stdout.join('\n') + stderr.join('\n')]).toEqual([0, expect.any(String)]);
    expect((await alder.run(['replay', 'all'], { environment })).status).toBe(0);
  }, 60_000);
});

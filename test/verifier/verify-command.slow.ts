import type { DeepReport } from '../../services/verifier/report';
import { openEnvironment } from '../../shared/lmdb/environment';
import { useAlder } from '../support/alder-process';
import { deleteMessages } from '../support/embedded';
import { describeLive } from '../support/live';
import { type DeepPlace, embeddedDeepPlace, liveDeepPlace } from './deep-places';
import { resealed, type TrainedModel, withTrainedModel } from './trained-models';

function commandSuite(place: DeepPlace): void {
  describe(`alder verify: ${place.name}`, () => {
    const alder = useAlder();

    function verify({ settings }: TrainedModel, ...flags: string[]) {
      const { kafkaBrokers, redisUrl, dataDir, topic, model, schema } = settings;
      const environment = {
        ...(kafkaBrokers === ''
          ? { ALDER_DATA_DIR: dataDir }
          : { KAFKA_BROKERS: kafkaBrokers, REDIS_URL: redisUrl }),
        ALDER_TOPIC: topic,
        ALDER_MODEL: model,
        ALDER_SCHEMA: schema,
      };
      return alder.run(['verify', ...flags], { environment });
    }

    test('a good model is equal by replay and with --deep, and the exit status is 0', async () => {
      await withTrainedModel(place, {}, async (model) => {
        const { length } = model.records;
        const byReplay = await verify(model);
        expect(byReplay.stdout).toEqual([
          `${length} equal, 0 differ, 0 compared in part, 0 no longer covered`,
        ]);
        expect(byReplay).toMatchObject({ status: 0, stderr: [] });
        const deeply = await verify(model, '--deep');
        expect(deeply.stdout).toEqual([
          'read 82 messages and 9 rejected rows',
          `${length} equal, 0 differ, 0 checked in part, 0 no longer covered`,
        ]);
        expect(deeply).toMatchObject({ status: 0, stderr: [] });
      });
    });

    test('a difference is reported, and the exit status is 1', async () => {
      await withTrainedModel(place, {}, async (model) => {
        const record = model.records.at(-2)!;
        const { version, rows } = record;
        const forged = resealed(record, { rows: { ...rows, fitted: rows.fitted + 1 } });
        await model.tampering.setRecord(version, forged);
        const byReplay = await verify(model);
        expect(byReplay.status).toBe(1);
        expect(byReplay.stdout).toContain(`version ${version} DIFFERS`);
        expect(byReplay.stderr.join('\n')).toContain('replay-differs');
        const deeply = await verify(model, '--deep');
        expect(deeply.status).toBe(1);
        expect(deeply.stdout).toEqual(
          expect.arrayContaining([
            `version ${version} DIFFERS`,
            '  rows.fitted DIFFERS',
            `    recorded ${rows.fitted + 1}`,
            `    found    ${rows.fitted}`,
          ]),
        );
        expect(deeply.stderr.join('\n')).toContain('replay-differs');
        const json = await verify(model, '--deep', '--json');
        expect(json.status).toBe(1);
        const report = JSON.parse(json.stdout.join('')) as DeepReport;
        expect(report.isClean).toBe(false);
        expect(report.versions.find((each) => each.version === version)!.status).toBe('differs');
      });
    });
  });
}

commandSuite(embeddedDeepPlace);

describeLive('on servers', (servers) => commandSuite(liveDeepPlace(servers)));

describe('alder verify by replay', () => {
  const alder = useAlder();

  test('versions without rows and versions with a retired parent are counted apart, with the reason', async () => {
    const settings = { keepVersions: 4 };
    await withTrainedModel(
      embeddedDeepPlace,
      { settings },
      async ({ records, settings: { dataDir, schema } }) => {
        const [first, second] = records;
        const environment = openEnvironment(dataDir);
        const next = Number(first!.lineage[0]!.windowFrom) + 1;
        await deleteMessages(environment, 'alder-rows', { partition: 0, from: 0, next });
        await environment.close();
        expect(Number(second!.lineage[0]!.windowFrom)).toBeGreaterThanOrEqual(next);
        const args = ['verify', '--data-dir', dataDir, '--schema', schema];
        const { status, stdout, stderr } = await alder.run(args);
        expect(stdout).toEqual([
          `version ${first!.version} is no longer covered`,
          expect.stringMatching(/^ {2}it needs offset \d+ of partition 0, the log begins at \d+$/),
          '3 equal, 0 differ, 0 compared in part, 1 no longer covered',
        ]);
        expect({ status, stderr }).toEqual({ status: 0, stderr: [] });
      },
    );
  });

  test('a model without a version ends with an error', async () => {
    await withTrainedModel(embeddedDeepPlace, {}, async ({ settings: { dataDir, schema } }) => {
      for (const deep of [[], ['--deep']]) {
        const args = ['verify', ...deep, '--data-dir', dataDir, '--schema', schema, '--model', 'another'];
        const { status, stderr } = await alder.run(args);
        expect(status).toBe(1);
        expect(stderr.join('\n')).toContain('model-not-loaded');
      }
    });
  });

  test('alder verify --deep refuses a folder without a log and leaves it unchanged', async () => {
    const folder = alder.newFolder();
    const { status, stderr } = await alder.run(['verify', '--deep', '--data-dir', `${folder}/none`]);
    expect(status).toBe(1);
    expect(stderr.join('\n')).toContain('data-folder');
  });
});

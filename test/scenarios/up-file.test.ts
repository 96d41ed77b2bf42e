import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import { type AlderExit, type AlderProcess, postJson, useAlder } from '../support/alder-process';
import { embeddedPlace, readWholeLog, type ScenarioPlace } from '../support/scenario-places';
import { WINE_CLASSES, wineCsv } from '../support/small-csv';

const ROWS = 90;
const LAST_LINE = /^ {2}npx alder produce/;

/** Fields beyond the schema, as in an existing topic. */
const FLAT_ROW = {
  sepal_length: 5.1,
  sepal_width: 3.5,
  petal_length: 1.4,
  petal_width: 0.2,
  species: 'setosa',
  store: 17,
  tags: ['a', { b: null }],
};

describe('alder schema and alder up on a file of your own', () => {
  const alder = useAlder();
  let folder: string;
  let schema: AlderExit;
  let up: AlderProcess;

  beforeAll(async () => {
    folder = alder.newFolder();
    writeFileSync(join(folder, 'wine.csv'), wineCsv(ROWS));
    schema = await alder.run(['schema', 'wine.csv'], { folder });
    writeFileSync(join(folder, 'wine.schema.json'), schema.stdout.join('\n'));
    up = alder.start(['up', 'wine.csv', '--data-dir', 'wine', '--port', '0'], { folder });
    await up.line(LAST_LINE);
  });

  test('the schema has every numeric column as a feature and the last one as the label', () => {
    expect({ status: schema.status, stderr: schema.stderr }).toEqual({ status: 0, stderr: [] });
    expect(JSON.parse(schema.stdout.join('\n'))).toMatchObject({
      format: 'alder-schema/1',
      label: { name: 'cultivar', classes: WINE_CLASSES },
      features: [{ name: 'alcohol' }, { name: 'acidity' }, { name: 'colour' }],
    });
  });

  test('the first line names the data folder in full, and all rows come in without a warning', () => {
    expect(up.stdout[0]).toMatch(new RegExp(`data folder .*${join('/', 'wine')}$`));
    expect(up.stdout.some((line) => line.startsWith(`all ${ROWS} rows are in; version `))).toBe(true);
    expect(up.stderr).toEqual([]);
  });

  test('the curl line of alder up on a file gets a prediction from a tree of that file', async () => {
    const line = up.stdout.find((each) => each.startsWith('  curl'))!;
    const [, body, url] = /-d '(.*)' (\S+)$/.exec(line)!;
    const answer = await postJson(url!, body);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ prediction: WINE_CLASSES[0] });
  });

  test('a row by name gets the same prediction as by position, and the record holds the whole file', async () => {
    const url = await up.url();
    const named = { data: { alcohol: 13.1, acidity: -3.1, colour: 4 } };
    const answer = await postJson(`${url}/serve_decision_tree`, named);
    expect(await answer.json()).toMatchObject({ prediction: WINE_CLASSES[2] });
    const training = (await (await fetch(`${url}/train_decision_tree`)).json()) as { rows: object };
    expect(training.rows).toMatchObject({ window: ROWS, rejected: 0 });
  });

  test('the produce line of alder up reaches the same log from another terminal in the same folder', async () => {
    const line = up.stdout.find((each) => LAST_LINE.test(each))!;
    expect(line).toBe(
      '  npx alder produce wine.csv --data-dir wine --schema wine.schema.json --simulate 1 --rate 20',
    );
    const producer = alder.start([...line.trim().split(' ').slice(2), '--producer-port', '0'], { folder });
    await up.line(/^rows (9[1-9]|1\d\d) /);
    expect((await producer.end('SIGINT')).status).toBe(0);
    expect((await up.end('SIGINT')).status).toBe(0);
  });

  test('a missing file or a missing schema is named, with what to do', async () => {
    writeFileSync(join(folder, 'bare.csv'), wineCsv(3));
    const [missing, bare] = await Promise.all([
      alder.run(['schema', 'missing.csv'], { folder }),
      alder.run(['up', 'bare.csv', '--port', '0'], { folder }),
    ]);
    expect([missing.status, bare.status]).toEqual([1, 1]);
    expect(missing.stderr[0]).toMatch(/^alder: .*missing\.csv.* \(file-unreadable\)$/);
    expect(bare.stderr[0]).toMatch(/^alder: .*bare\.schema\.json.* \(file-unreadable\)$/);
    expect(bare.stderr[1]).toContain('alder schema');
  });
});

describe('a topic of flat objects with more fields than the schema knows', () => {
  const alder = useAlder();
  let place: ScenarioPlace;
  let record: VersionRecord;

  beforeAll(async () => {
    place = await embeddedPlace();
    const iris = readFileSync(join(__dirname, '../../data/iris.schema.json'), 'utf8');
    const flat = { ...JSON.parse(iris), layout: 'flat', extraFields: 'ignore' } as object;
    const schema = join(alder.newFolder(), 'flat.schema.json');
    writeFileSync(schema, JSON.stringify(flat));
    const rows = [FLAT_ROW, { ...FLAT_ROW, petal_length: 4.5, species: 'versicolor' }];
    const messages = Array.from({ length: 20 }, (_, i) => ({ value: JSON.stringify(rows[i % 2]) }));
    await place.log.append(0, [...messages, { value: '{"data":[5.1,3.5,1.4,0.2],"label":"setosa"}' }]);
    const trainer = alder.start(['train', '--schema', schema, '--trainer-port', '0'], {
      environment: { ...place.environment, ALDER_BATCH_WAIT_MS: '50' },
    });
    await trainer.line(/ · version 1 live/);
    await trainer.end('SIGINT');
    record = JSON.parse((await (await place.registry('decisiontree')).loadRecord(1))!) as VersionRecord;
  });

  afterAll(() => place.remove());

  test('a topic of flat objects counts every flat row and rejects a row of the other layout', () => {
    expect(record.lineage[0]).toMatchObject({ messages: 21, accepted: 20, rejected: 1 });
    expect(record.tree).toMatchObject({ leaves: 2 });
  });

  test('the rejected row of the other layout carries its reason', async () => {
    const rejected = await readWholeLog(await place.rejectedLog());
    expect(rejected.map(({ headers }) => headers)).toEqual([
      expect.objectContaining({ 'alder-offset': '20', 'alder-reason': 'missing-feature' }),
    ]);
  });
});

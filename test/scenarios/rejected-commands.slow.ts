import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RejectedList } from '../../services/rejected-rows/list-rejected';
import type { ReplaySummary } from '../../services/rejected-rows/replay-rejected';
import type { DeepReport } from '../../services/verifier/report';
import { useAlder } from '../support/alder-process';

const DATA = join(__dirname, '../../data');
const ROWS = 150;
/** Rows of the class that the first schema forgot. */
const FORGOTTEN = 50;

/**
 * The repair of a schema that lacks a class. A model keeps its schema, so the mended schema gets a new model on the same
 * topic. The new model starts at the end of the topic, and the rejected rows are sent there again.
 */
describe('rejected rows after a schema fix', () => {
  const alder = useAlder();
  let environment: Record<string, string>;
  let mended: string[];
  const run = (...args: string[]) => alder.run(args, { environment });
  const done = async (...args: string[]): Promise<readonly string[]> => {
    const { status, stdout, stderr } = await run(...args);
    expect(stderr).toEqual([]);
    expect(status).toBe(0);
    return stdout;
  };
  const replay = async (...args: string[]) =>
    JSON.parse((await done('rejected', 'replay', '--json', ...args))[0]!) as ReplaySummary;

  beforeAll(async () => {
    const folder = alder.newFolder();
    const schema = JSON.parse(readFileSync(join(DATA, 'iris.schema.json'), 'utf8'));
    const forgetful = join(folder, 'two-classes.schema.json');
    schema.label.classes.pop();
    writeFileSync(forgetful, JSON.stringify(schema));
    environment = {
      ALDER_DATA_DIR: join(folder, 'data'),
      ALDER_TRAINER_PORT: '0',
      ALDER_PRODUCER_PORT: '0',
      ALDER_BATCH_WAIT_MS: '50',
      ALDER_SCHEMA: forgetful,
      ALDER_MODEL: 'two-classes',
    };
    mended = ['--schema', join(DATA, 'iris.schema.json'), '--model', 'three-classes'];
    expect((await run('produce', join(DATA, 'iris.csv'), '--shuffle', '1')).status).toBe(0);
    const trainer = alder.start(['train'], { environment });
    await trainer.line(new RegExp(`rows ${ROWS} .* rejected ${FORGOTTEN}`));
    expect((await trainer.end('SIGTERM')).status).toBe(0);
  }, 30_000);

  test('alder rejected list shows the newest rows with reason and bytes, and a count of each reason', async () => {
    const lines = await done('rejected', 'list', '--limit', '2');
    expect(lines[0]).toMatch(/^partition +offset +line +reason +attempts +at +replayed +bytes +begins with$/);
    expect(lines[1]).toMatch(/^0 +149 +0 +unknown-class +1 +20.*Z +no +\d+ +\{"data":\[.*"virginica"\}$/);
    expect(lines[5]).toMatch(/^unknown-class +50 +0 +0$/);
    expect(lines.at(-1)).toBe(`2 of ${FORGOTTEN} rejected rows shown`);
    const [json] = await done('rejected', 'list', '--json', '--reason', 'unknown-class');
    const { rows, sums } = JSON.parse(json!) as RejectedList;
    expect(rows).toHaveLength(20);
    expect(sums).toEqual([{ reason: 'unknown-class', rows: FORGOTTEN, replayed: 0, truncated: 0 }]);
    const [none] = await done('rejected', 'list', '--reason', 'invalid-json');
    expect(none).toBe('no row was rejected for invalid-json');
  }, 30_000);

  test('alder rejected replay sends each row once, the model with the mended schema learns it, and both models verify', async () => {
    const trainer = alder.start(['train', ...mended, '--start-at', 'latest'], { environment });
    await trainer.line(/training, from version none/);
    expect(await replay('--dry-run')).toMatchObject({ due: FORGOTTEN, sent: 0 });
    expect(await replay()).toMatchObject({ due: FORGOTTEN, sent: FORGOTTEN, ended: 'done' });
    await trainer.line(new RegExp(`rows ${FORGOTTEN} `));
    expect((await trainer.end('SIGTERM')).status).toBe(0);
    expect(await done('rejected', 'replay')).toEqual([
      `0 of ${FORGOTTEN} rejected rows sent to alder-rows`,
      `  ${FORGOTTEN} were sent before and not rejected again since`,
    ]);
    for (const model of [[], mended]) {
      const report = JSON.parse((await done('verify', '--deep', '--json', ...model))[0]!) as DeepReport;
      expect(report).toMatchObject({ isClean: true, messagesRead: ROWS + FORGOTTEN });
      expect(report.counts.equal).toBe(report.versions.length);
    }
  }, 60_000);

  test('alder rejected exits with 2 for a wrong call and with 1 for a missing thing', async () => {
    for (const args of [
      ['list', '--reason', 'bad'],
      ['list', '--limit', '0'],
      ['replay', '--attempts-max', 'many'],
      ['replay', '--nothing'],
      ['forget'],
      [],
    ]) {
      expect([args, (await run('rejected', ...args)).status]).toEqual([args, 2]);
    }
    const missing = await run('rejected', 'replay', '--data-dir', join(environment.ALDER_DATA_DIR!, 'no'));
    expect([missing.status, missing.stdout]).toEqual([1, []]);
    expect(missing.stderr.join('\n')).toContain('data-folder');
  }, 30_000);
});

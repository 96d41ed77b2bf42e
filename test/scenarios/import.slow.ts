import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import { useAlder } from '../support/alder-process';

const IRIS = join(__dirname, '../../data/iris.csv');
const MODEL = join(__dirname, '../tree-formats/onnx/iris-depth-2.skl2onnx.onnx');

describe('a scikit-learn tree that comes by way of ONNX', () => {
  const alder = useAlder();
  const inFolder = () => {
    const dataDir = alder.newFolder();
    const environment = {
      ALDER_DATA_DIR: dataDir,
      ALDER_TRAINER_PORT: '0',
      ALDER_PRODUCER_PORT: '0',
      ALDER_BATCH_ROWS_MAX: '10',
    };
    const run = (...args: string[]) => alder.run(args, { environment });
    const records = async () =>
      (await run('versions', '--json')).stdout.map((text) => JSON.parse(text) as VersionRecord);
    const train = async (until: RegExp) => {
      const trainer = alder.start(['train'], { environment });
      await trainer.line(until);
      expect((await trainer.end('SIGTERM')).status).toBe(0);
    };
    return { dataDir, run, records, train };
  };

  test('an imported tree becomes the next version, is compared with the champion, and a trainer resumes from it', async () => {
    const { run, records, train } = inFolder();
    await run('produce', IRIS, '--shuffle', '1');
    await train(/ · version 15 live/);
    const { stdout, status } = await run('import', MODEL);
    expect(status).toBe(0);
    expect(stdout[0]).toMatch(
      /^version 16 is .*onnx: \d+ leaves, depth 2 · holdout \d+\/27 · not live; "alder promote 16"/,
    );

    const imported = (await records()).at(-1)!;
    expect(imported.imported).toMatchObject({
      format: 'onnx',
      fileDigest: createHash('sha256').update(readFileSync(MODEL)).digest('hex'),
      producer: { name: 'skl2onnx' },
    });
    const parent = (await records()).at(-2)!;
    expect(imported).toMatchObject({
      parent: { version: 15, recordDigest: parent.recordDigest },
      champion: { version: 15 },
      promotion: { promoted: false, reason: 'manual' },
      evaluation: { batch: { rows: 0, hits: 0 }, prequential: parent.evaluation.prequential },
    });
    expect(imported.lineage.map(({ next }) => next)).toEqual(parent.lineage.map(({ next }) => next));

    await run('produce', IRIS, '--shuffle', '2');
    await train(/ · version 17 /);
    const next = (await records())[16]!;
    expect(next.parent).toEqual({ version: 16, recordDigest: imported.recordDigest });
    expect(next.evaluation.batch!.rows).toBeGreaterThan(0);

    const verified = await run('verify', '--deep');
    expect([verified.status, verified.stdout.at(-1)]).toEqual([
      0,
      expect.stringMatching(/ 0 differ, 1 checked in part/),
    ]);
    expect((await run('replay', '16')).stderr[0]).toContain('was imported from a file');
    expect((await run('promote', '16')).stdout[0]).toMatch(/^champion \d+ → 16 /);
  }, 60_000);

  test('an imported tree in an empty registry is served, and it scores the first rows', async () => {
    const { run, records, train } = inFolder();
    expect((await run('import', MODEL)).stdout[0]).toMatch(/^version 1 is .* · no holdout rows yet · live$/);
    const predicted = await run('predict', '5.1', '3.5', '1.4', '0.2');
    expect(predicted.stdout[0]).toBe('setosa');
    await run('produce', IRIS, '--shuffle', '1');
    await train(/ · version 16 /);
    const [first, second] = await records();
    expect(first!.promotion.reason).toBe('first');
    expect(second!.evaluation.batch!.rows).toBe(10);
    expect((await run('verify', '--deep')).status).toBe(0);
  }, 60_000);

  test('a file with another kind of model is refused and leaves no version', async () => {
    const { dataDir, run } = inFolder();
    await run('produce', IRIS);
    const junk = join(dataDir, 'junk.onnx');
    writeFileSync(junk, 'not a model');
    const refused = await run('import', junk);
    expect([refused.status, refused.stderr[0]]).toEqual([1, expect.stringContaining('(import-invalid)')]);
    expect((await run('import', join(dataDir, 'none.onnx'))).stderr[0]).toContain('(file-unreadable)');
    expect((await run('versions')).stdout).toEqual(['no version yet']);
  }, 30_000);
});

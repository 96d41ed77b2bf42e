import { join } from 'node:path';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import { type AlderExit, useAlder } from '../support/alder-process';
import { IRIS_TREE_DIGEST } from '../support/iris-digest';

const IRIS = join(__dirname, '../../data/iris.csv');
const VERSIONS = 15;

/** The command lines; all of them run at once on one data folder. */
const COMMANDS = {
  versions: ['versions'],
  records: ['versions', '--json'],
  show: ['show', 'champion'],
  showBytes: ['show', '1', '--json'],
  showUnknown: ['show', '99'],
  predict: ['predict', '5.1', '3.5', '1.4', '0.2'],
  predictFirst: ['predict', '--json', '--version-or-alias', '1', '--', '-5.1', '3.5', '1.4', '0.2'],
  predictShort: ['predict', '5.1', '3.5'],
  replay: ['replay', 'all'],
  config: ['config'],
  configJson: ['config', '--json', '--window-rows', '5000'],
  misspelt: ['versoins'],
} as const;

describe('the commands that look at what is stored', () => {
  const alder = useAlder();
  let exits: Record<keyof typeof COMMANDS, AlderExit>;
  const textOf = ({ stdout }: AlderExit) => stdout.join('\n');

  beforeAll(async () => {
    const environment = {
      ALDER_DATA_DIR: alder.newFolder(),
      ALDER_TRAINER_PORT: '0',
      ALDER_PRODUCER_PORT: '0',
      ALDER_BATCH_ROWS_MAX: '10',
    };
    const produced = await alder.run(['produce', IRIS, '--shuffle', '1'], { environment });
    expect(produced.stdout).toEqual(['done: 150 rows acknowledged']);
    const trainer = alder.start(['train'], { environment });
    await trainer.line(new RegExp(` · version ${VERSIONS} live`));
    expect((await trainer.end('SIGTERM')).status).toBe(0);
    const runs = Object.entries(COMMANDS).map(
      async ([name, args]) => [name, await alder.run(args, { environment })] as const,
    );
    exits = Object.fromEntries(await Promise.all(runs)) as typeof exits;
  }, 30_000);

  test('each command exits with 0, with 1 for a missing thing and with 2 for a wrong call', () => {
    const statuses = Object.fromEntries(Object.entries(exits).map(([name, { status }]) => [name, status]));
    const done = Object.fromEntries(Object.keys(COMMANDS).map((name) => [name, 0]));
    expect(statuses).toEqual({ ...done, showUnknown: 1, predictShort: 2, misspelt: 2 });
  });

  test('a command that succeeds writes nothing to stderr, one that fails nothing to stdout', () => {
    for (const { status, stdout, stderr } of Object.values(exits)) {
      expect(status === 0 ? stderr : stdout).toEqual([]);
      expect(status === 0 ? stdout : stderr).not.toEqual([]);
    }
  });

  test('alder versions lists the newest version last and names the champion', () => {
    const [header, ...rows] = exits.versions.stdout;
    expect(header).toMatch(/^version .* reason .* holdout .* prequential .* tree/);
    expect(rows.map((row) => Number(row.split(' ')[0]))).toEqual(
      Array.from({ length: VERSIONS }, (_, i) => i + 1),
    );
    expect(rows.filter((row) => row.includes('champion'))).toEqual([rows.at(-1)]);
    expect(rows.at(-1)).toContain(IRIS_TREE_DIGEST.slice(0, 12));
  });

  test('alder versions --json prints one record a line, and show --json the same bytes', () => {
    const records = exits.records.stdout.map((text) => JSON.parse(text) as VersionRecord);
    expect(records.map(({ version }) => version)).toEqual(records.map((_, i) => i + 1));
    expect(records.at(-1)!.tree.digest).toBe(IRIS_TREE_DIGEST);
    expect(exits.showBytes.stdout).toEqual([exits.records.stdout[0]]);
  });

  test('alder show prints the record for people', () => {
    expect(JSON.parse(textOf(exits.show))).toEqual(JSON.parse(exits.records.stdout.at(-1)!));
    expect(exits.show.stdout.length).toBeGreaterThan(20);
  });

  test('alder show of a missing version says where to look', () => {
    expect(exits.showUnknown.stderr).toEqual([
      'alder: model decisiontree has no version 99 (unknown-version)',
      expect.stringContaining('alder versions'),
    ]);
  });

  test('alder predict answers in words, and with --json as over HTTP', () => {
    expect(exits.predict.stdout).toEqual([
      'setosa',
      '  setosa 1.000 · versicolor 0.000 · virginica 0.000',
      `  version ${VERSIONS} · tree ${IRIS_TREE_DIGEST.slice(0, 12)}`,
    ]);
    expect(JSON.parse(textOf(exits.predictFirst))).toMatchObject({
      prediction: expect.any(String),
      model: 'decisiontree',
      version: 1,
      digest: (JSON.parse(exits.records.stdout[0]!) as VersionRecord).tree.digest,
    });
  });

  test('alder predict with too few numbers names the features', () => {
    expect(textOf({ ...exits.predictShort, stdout: exits.predictShort.stderr })).toContain(
      'sepal_length sepal_width petal_length petal_width',
    );
  });

  test('alder replay all finds every version equal', () => {
    const { stdout } = exits.replay;
    expect(stdout.filter((line) => line.startsWith('version '))).toHaveLength(VERSIONS);
    expect(stdout.filter((line) => line.includes('DIFFERS'))).toEqual([]);
    expect(stdout).toContain(`    replayed ${IRIS_TREE_DIGEST}`);
  });

  test('alder config shows value, meaning and spellings of every setting, and a flag outranks a default', () => {
    const settings = JSON.parse(textOf(exits.configJson)) as Record<string, unknown>;
    expect(settings).toMatchObject({ windowRows: 5_000, batchRowsMax: 10, engine: 'exact', port: 5_000 });
    for (const name of Object.keys(settings)) {
      expect(exits.config.stdout.some((line) => line.startsWith(`${name} = `))).toBe(true);
    }
    expect(exits.config.stdout).toContain('    --window-rows · ALDER_WINDOW_ROWS');
  });

  test('a misspelt command is named together with the likely one', () => {
    expect(exits.misspelt.stderr[0]).toContain("unknown command 'versoins'");
    expect(exits.misspelt.stderr.join('\n')).toContain('versions');
  });
});

import { openEnvironment } from '../../shared/lmdb/environment';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import { openEmbeddedRowLog } from '../../shared/row-log/embedded/embedded-row-log';
import { type AlderExit, type AlderProcess, askUntil, postJson, useAlder } from '../support/alder-process';
import { IRIS_TREE_DIGEST } from '../support/iris-digest';
import { readWholeLog } from '../support/scenario-places';

const ROWS = 150;
const ROW = { data: [0.1, 1.1, 0.4, 0.8] };
const STANDING_BY = /holds the lease; standing by/;
const VERSION = / · version \d+ live/;
const LAST_LINE = /^ {2}npx alder produce/;

describe('a second alder up on the same folder', () => {
  const alder = useAlder();
  let folder: string;
  let first: AlderProcess;
  let standby: AlderProcess;
  let samePort: AlderExit;
  let versionsBeside: number;
  let servedBeside: { readonly version: number; readonly digest: string };
  let killed: AlderExit;
  let records: VersionRecord[];

  const up = (port: string) =>
    alder.start(['up', '--port', port, '--data-dir', folder], { environment: { ALDER_LEASE_MS: '1000' } });
  const versionsOf = ({ stdout }: AlderProcess) => stdout.filter((line) => VERSION.test(line)).length;

  beforeAll(async () => {
    folder = alder.newFolder();
    first = up('0');
    const { port } = new URL(await first.url());
    await first.line(VERSION);
    samePort = await up(port).exited;
    standby = up('0');
    await standby.line(STANDING_BY);
    const answer = await askUntil(200, async () =>
      postJson(`${await standby.url()}/serve_decision_tree`, ROW),
    );
    servedBeside = (await answer.json()) as typeof servedBeside;
    versionsBeside = versionsOf(standby);
    killed = await first.end('SIGKILL');
    await standby.line(LAST_LINE);
    const { stdout } = await alder.run(['versions', '--json', '--data-dir', folder]);
    records = stdout.map((text) => JSON.parse(text) as VersionRecord);
  }, 60_000);

  test('a second up on the same port exits with 1, names the port and another one, and shows no stack', () => {
    const port = new URL(first.stdout[1]!.split(' ')[0]!).port;
    expect(samePort.status).toBe(1);
    expect(samePort.stderr).toEqual([
      expect.stringMatching(
        new RegExp(`^alder: port ${port} is taken; try PORT=\\d+ npm start \\(port-taken\\)$`),
      ),
    ]);
    expect(samePort.stdout.filter((line) => VERSION.test(line))).toEqual([]);
  });

  test('the first up goes on unaffected by a second one that exits', () => {
    expect(killed.stderr).toEqual([]);
    expect(killed.stdout.filter((line) => VERSION.test(line)).length).toBeGreaterThan(0);
  });

  test('a second up on another port serves the versions of the first and trains none', () => {
    expect(servedBeside.version).toBeGreaterThan(0);
    expect(servedBeside.digest).toBe(
      records.find(({ version }) => version === servedBeside.version)!.tree.digest,
    );
    expect(versionsBeside).toBe(0);
  });

  test('the second up takes over training and producing when the first is killed before the end of its file', () => {
    expect(killed.signal).toBe('SIGKILL');
    expect(killed.stdout.filter((line) => LAST_LINE.test(line))).toEqual([]);
    const epochs = records.map(({ trainer }) => trainer.epoch);
    expect(new Set(epochs)).toEqual(new Set([1, 2]));
    expect(epochs).toEqual([...epochs].sort());
    expect(records.map(({ version }) => version)).toEqual(records.map((_, i) => i + 1));
    expect(standby.stdout).toContain(`tree ${IRIS_TREE_DIGEST}`);
    expect(records.at(-1)!.lineage[0]).toMatchObject({ messages: ROWS, accepted: ROWS, skipped: 0 });
  });

  test('every row of the file is in the log once, and all versions replay', async () => {
    expect((await standby.end('SIGINT')).status).toBe(0);
    const environment = openEnvironment(folder);
    const log = await openEmbeddedRowLog(environment, { topic: 'alder-rows', partitions: 1 });
    const rows = (await readWholeLog(log)).map(({ headers }) => Number(headers!['alder-row']));
    await environment.close();
    expect(rows).toEqual(Array.from({ length: ROWS }, (_, row) => row));
    expect((await alder.run(['replay', 'all', '--data-dir', folder])).status).toBe(0);
  });
});

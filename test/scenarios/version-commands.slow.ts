import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { JournalEntry } from '../../shared/model-registry/model-registry';
import { type AlderExit, useAlder } from '../support/alder-process';

const IRIS = join(__dirname, '../../data/iris.csv');
const VERSIONS = 15;
const PERSON = `person ${userInfo().username}`;

describe('the commands that change what is live', () => {
  const alder = useAlder();
  let environment: Record<string, string>;
  const run = (...args: string[]) => alder.run(args, { environment });
  const done = async (...args: string[]): Promise<readonly string[]> => {
    const { status, stdout, stderr }: AlderExit = await run(...args);
    expect(stderr).toEqual([]);
    expect(status).toBe(0);
    return stdout;
  };
  const refused = async (status: 1 | 2, ...args: string[]): Promise<string> => {
    const exit = await run(...args);
    expect([exit.status, exit.stdout]).toEqual([status, []]);
    return exit.stderr.join('\n');
  };

  beforeAll(async () => {
    environment = {
      ALDER_DATA_DIR: alder.newFolder(),
      ALDER_TRAINER_PORT: '0',
      ALDER_PRODUCER_PORT: '0',
      ALDER_BATCH_ROWS_MAX: '10',
    };
    expect((await run('produce', IRIS, '--shuffle', '1')).status).toBe(0);
    const trainer = alder.start(['train'], { environment });
    await trainer.line(new RegExp(` · version ${VERSIONS} live`));
    expect((await trainer.end('SIGTERM')).status).toBe(0);
  }, 30_000);

  test('alder promote, rollback and release move and free the champion, and the journal has actor and reason', async () => {
    expect(await done('promote', '3', '--reason', 'the best so far')).toEqual([
      'champion 15 → 3 (revision 16); held: no publish moves it until "alder release"',
    ]);
    expect(await done('rollback')).toEqual([expect.stringMatching(/^champion 3 → 15 \(revision 17\); held/)]);
    expect(await done('release')).toEqual(['champion stays at 15 (revision 18)']);
    const [text] = await done('journal', '--limit', '3', '--json');
    const entries = JSON.parse(text!) as JournalEntry[];
    expect(entries.map(({ from, to, reason, actor }) => [from, to, reason, actor])).toEqual([
      [15, 15, 'release', PERSON],
      [3, 15, 'rollback', PERSON],
      [15, 3, 'the best so far', PERSON],
    ]);
    const [header, newest] = await done('journal', '--limit', '1');
    expect(header).toMatch(/^at .* alias .* from .* to .* revision .* reason .* actor$/);
    expect(newest).toMatch(new RegExp(`Z {2}champion {2}15 .* release .* ${PERSON}$`));
    expect(await done('journal', '--at', '2001-01-01T00:00:00Z')).toEqual(['no alias pointed at a version']);
    expect((await done('journal', '--at', '2999-01-01T00:00:00+01:00'))[1]).toContain('champion');
  }, 30_000);

  test('the challenger is the newest version while another one is champion, for the commands as over HTTP', async () => {
    expect(await refused(1, 'show', 'challenger')).toContain('there is no challenger now');
    await done('promote', '3');
    const [text] = await done('show', 'challenger', '--json');
    expect(JSON.parse(text!).version).toBe(VERSIONS);
    await done('promote', String(VERSIONS));
    await done('release');
  }, 30_000);

  test('alder alias names a version, which is then found by that name', async () => {
    expect(await done('alias', 'stable', '2')).toEqual(['stable nothing → 2 (revision 1)']);
    expect(await done('alias', 'stable', 'latest')).toEqual([`stable 2 → ${VERSIONS} (revision 2)`]);
    const [header, ...rows] = await done('alias');
    expect(header).toMatch(/^alias .* version .* revision$/);
    expect(rows.map((row) => row.split(/ +/)[0])).toEqual(['champion', 'stable']);
    const [shown] = await done('show', 'stable', '--json');
    expect(JSON.parse(shown!)).toMatchObject({ version: VERSIONS });
  }, 30_000);

  test('alder diff shows the figures side by side and the changes of the tree', async () => {
    const lines = await done('diff', '2', '15');
    expect(lines[0]).toMatch(/version 2 +version 15$/);
    expect(lines.find((line) => line.startsWith('rows read'))).toMatch(/20 +150$/);
    expect(lines.some((line) => /^ {2}.*: .* → .*/.test(line))).toBe(true);
    expect(await done('diff', '15', '15')).toContain('no split changed');
    const [json] = await done('diff', '2', '15', '--json');
    const { before, after, changes } = JSON.parse(json!);
    expect([before.version, after.version]).toEqual([2, 15]);
    expect(changes[0]).toMatchObject({ kind: expect.any(String), path: expect.any(Array) });
  }, 30_000);

  test('the version commands exit with 2 for a wrong call and with 1 for a missing thing', async () => {
    expect(await refused(1, 'promote', '99')).toContain('version 99 is not stored (unknown-version)');
    expect(await refused(1, 'promote', 'nobody')).toContain('unknown-alias');
    expect(await refused(2, 'alias', '7', '3')).toContain('cannot be the name');
    expect(await refused(2, 'alias', 'latest', '3')).toContain('cannot be the name');
    expect(await refused(2, 'alias', 'stable')).toContain('name the version');
    expect(await refused(2, 'promote', '3', '--reason', 'two\nlines')).toContain('one line');
    expect(await refused(2, 'journal', '--limit', '0')).toContain('whole number');
    expect(await refused(2, 'journal', '--at', 'noon')).toContain('--at takes a time');
    expect(await refused(1, 'diff', '1', '99')).toContain('unknown-version');
    expect(await refused(1, 'rollback', '--data-dir', join(environment.ALDER_DATA_DIR!, 'no'))).toContain(
      'data-folder',
    );
  }, 30_000);
});

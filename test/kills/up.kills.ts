import { join } from 'node:path';
import type { ModelRegistry } from '../../shared/model-registry/model-registry';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import { useAlder } from '../support/alder-process';
import { newestRecord, type ScenarioPlace } from '../support/scenario-places';
import { onEachBackend } from './kill-places';
import { atRandom, playRounds, ROUNDS_MS_MAX } from './kill-rounds';
import { waitUntil } from './long-wait';
import { addRows, endingWell, writeRows } from './numbered-rows';
import { RowsInLog } from './rows-in-log';
import { SeenVersions } from './seen-versions';
import { brokenLinks, counted, outcome, TRAINING, trainToEnd, verifyAll } from './verdict';

const PARTITIONS = 2;
/** The file grows before each round; a complete file would be in the log within the first round. */
const ROWS_PER_ROUND = 400;
const KILL_AFTER_MS_MAX = 300;
const START_MS_MAX = 15_000;

onEachBackend('up', (open, series) => {
  const alder = useAlder();
  let place: ScenarioPlace;
  let killed: ModelRegistry;
  let file: string;
  let fileRows = 0;
  let rows: RowsInLog;
  let seen: SeenVersions;
  let atEnd: { killed: VersionRecord; calm: VersionRecord };

  const up = () =>
    alder.start(['up', file, '--model', killed.model], {
      environment: { ...place.environment, ...TRAINING, PORT: '0' },
    });

  function growFile(): void {
    const next = endingWell(fileRows + ROWS_PER_ROUND);
    addRows(file, fileRows, next);
    fileRows = next;
  }

  /** Kills the process after its first new row in the log, while it sends, or after its first version, while it trains. */
  async function killOnce(random: () => number): Promise<string> {
    const before = { rows: await rows.check(), version: await seen.newest() };
    growFile();
    const together = up();
    const trigger = random() < 0.5 ? 'row' : 'version';
    if (trigger === 'version') await together.line(/ · version \d+ (live|refused)/);
    else
      await waitUntil(
        'a new row in the log',
        START_MS_MAX,
        () => rows.check(),
        (count) => count > before.rows,
      );
    const waitedMs = await atRandom(KILL_AFTER_MS_MAX, random);
    const exit = await together.end('SIGKILL');
    if (exit.signal !== 'SIGKILL') throw new Error(`alder up ended by itself:\n${exit.stderr.join('\n')}`);
    const after = { rows: await rows.check(), version: await seen.noteAfter(exit) };
    if (after.rows <= before.rows && after.version <= before.version)
      throw new Error('there was no progress');
    return (
      `rows ${before.rows} to ${after.rows} of ${fileRows}, versions ${before.version} to ${after.version}, ` +
      `killed ${waitedMs} ms after the first ${trigger}`
    );
  }

  beforeAll(async () => {
    place = await open(PARTITIONS);
    killed = await place.registry(`${place.topic}-killed`);
    const calm = await place.registry(`${place.topic}-calm`);
    file = join(alder.newFolder(), 'growing.csv');
    writeRows(file, 0);
    rows = new RowsInLog(place.log);
    seen = new SeenVersions(killed);
    await playRounds(series, ({ random }) => killOnce(random));
    growFile();
    const last = up();
    await waitUntil('all rows learned', ROUNDS_MS_MAX, () => last.line(/^all \d+ rows are in/), Boolean);
    const { status } = await last.end('SIGINT');
    expect(status).toBe(0);
    atEnd = { killed: (await newestRecord(killed))!, calm: await trainToEnd(alder, place, calm) };
  }, ROUNDS_MS_MAX);

  afterAll(() => place.remove(), 60_000);

  test('the log holds every row of the file once, in its order and unchanged', async () => {
    expect(await rows.check()).toBe(fileRows);
  });

  test("the version at the log's end has row digest, tree digest and ledger of a run without kills", async () => {
    expect(outcome(atEnd.killed)).toEqual(outcome(atEnd.calm));
    const { inLog, messages, skipped } = await counted(atEnd.killed, place);
    expect({ inLog, messages, skipped }).toEqual({ inLog: fileRows, messages: fileRows, skipped: 0 });
  });

  test('versions only grow: no seen version is gone or changed, and each has the previous one as its parent', async () => {
    expect(await seen.changed()).toEqual([]);
    expect(await brokenLinks(killed)).toEqual([]);
  });

  test(
    'the deep verifier checks every version and finds no difference',
    async () => {
      expect(await verifyAll(alder, place, killed.model)).toBe((await killed.listVersions()).length);
    },
    ROUNDS_MS_MAX,
  );
});

import { join } from 'node:path';
import { endingWell, writeRows } from '../kills/numbered-rows';
import { RowsInLog } from '../kills/rows-in-log';
import { type AlderExit, useAlder } from '../support/alder-process';
import { embeddedPlace, type ScenarioPlace } from '../support/scenario-places';

const PRELOAD = join(__dirname, '../support/preloads/killed-in-append.js');
/** An append takes at most a thousand messages, so the file needs several. */
const FILE_ROWS = endingWell(5_000);
const KILL_AT_APPEND = 3;

describe.each(['before-commit', 'after-commit'] as const)(
  'a producer killed in mid-send, %s, embedded',
  (when) => {
    const alder = useAlder();
    let place: ScenarioPlace;
    let file: string;
    let rows: RowsInLog;
    let killed: AlderExit;
    /** Reported by the dying producer: the end of its last acknowledged append, and the end of the append in flight. */
    let acknowledged: number;
    let sentNext: number;
    let rowsAfterKill: number;

    const produce = (environment: Readonly<Record<string, string>>) =>
      alder.run(['produce', file, '--resume', '--json'], {
        environment: { ...place.environment, ...environment, ALDER_PRODUCER_PORT: '0' },
      });

    beforeAll(async () => {
      place = await embeddedPlace();
      file = join(alder.newFolder(), 'numbered.csv');
      writeRows(file, FILE_ROWS);
      rows = new RowsInLog(place.log);
      killed = await produce({
        NODE_OPTIONS: `--require "${PRELOAD}"`,
        KILL_AT_APPEND: String(KILL_AT_APPEND),
        KILL_IN_APPEND: when,
      });
      const told = /killed \S+ of append \d+: offset (\d+) to (\d+)/.exec(killed.stderr.join('\n'));
      [acknowledged, sentNext] = [Number(told?.[1]), Number(told?.[2])];
      rowsAfterKill = await rows.check();
    }, 60_000);

    afterAll(() => place.remove());

    test('the producer died of signal 9 with rows acknowledged and a batch in flight', () => {
      expect(killed.signal).toBe('SIGKILL');
      expect(killed.stdout).toEqual([]);
      expect(acknowledged).toBeGreaterThan(0);
      expect(sentNext).toBeGreaterThan(acknowledged);
      expect(sentNext).toBeLessThan(FILE_ROWS);
    });

    test('every acknowledged row is in the log, and the batch in flight is there whole or not at all', () => {
      expect(rowsAfterKill).toBe(when === 'before-commit' ? acknowledged : sentNext);
    });

    test('a restarted producer sends the missing rows: every row of the file is in the log once, in order', async () => {
      const { status, stdout, stderr } = await produce({});
      expect({ status, faults: stderr.slice(1) }).toEqual({ status: 0, faults: [] });
      expect(JSON.parse(stdout.at(-1)!)).toMatchObject({
        rows: FILE_ROWS,
        alreadyInLog: rowsAfterKill,
        acknowledged: FILE_ROWS - rowsAfterKill,
      });
      expect(await rows.check()).toBe(FILE_ROWS);
    });
  },
);

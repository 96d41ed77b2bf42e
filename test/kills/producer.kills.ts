import { join } from 'node:path';
import { freePort } from '../faults/servers/free-port';
import { useAlder } from '../support/alder-process';
import type { ScenarioPlace } from '../support/scenario-places';
import { onEachBackend } from './kill-places';
import { atRandom, playRounds, ROUNDS, ROUNDS_MS_MAX } from './kill-rounds';
import { waitUntil } from './long-wait';
import { endingWell, isBadRow, writeRows } from './numbered-rows';
import { RowsInLog } from './rows-in-log';
import { counted, TRAINING, trainToEnd, verifyAll } from './verdict';

const PARTITIONS = 3;
const ROWS_PER_SECOND = 300;
const KILL_AFTER_MS_MAX = 200;
const START_MS_MAX = 15_000;
/** More rows than a round can send, so that the file does not end before the rounds. */
const FILE_ROWS = endingWell(ROUNDS * 1_000 + 1_000);

onEachBackend('producer', (open, series) => {
  const alder = useAlder();
  let place: ScenarioPlace;
  let file: string;
  let rows: RowsInLog;
  let port: number;
  let summary: { readonly rows: number; readonly acknowledged: number; readonly alreadyInLog: number };

  const produce = (...flags: string[]) =>
    alder.start(['produce', file, '--resume', ...flags], {
      environment: {
        ...place.environment,
        ALDER_SCHEMA: TRAINING.ALDER_SCHEMA,
        ALDER_PRODUCER_PORT: String(port),
      },
    });

  /** The acknowledged rows of the file, as the running producer reports them. */
  async function acknowledged(): Promise<number> {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
    return ((await answer.json()) as { rowsInLog: number }).rowsInLog;
  }

  async function killOnce(random: () => number): Promise<string> {
    const before = await rows.check();
    const producer = produce('--rate', String(ROWS_PER_SECOND));
    let told = 0;
    const look = async () => {
      told = Math.max(told, await acknowledged());
      return told;
    };
    await waitUntil('newly acknowledged rows', START_MS_MAX, look, (count) => count > before);
    const waitedMs = await atRandom(KILL_AFTER_MS_MAX, random);
    await look();
    const { signal, stderr } = await producer.end('SIGKILL');
    if (signal !== 'SIGKILL') throw new Error(`the producer ended by itself:\n${stderr.join('\n')}`);
    const after = await rows.check();
    if (after < told) throw new Error(`${told} rows were acknowledged, and the log holds ${after}`);
    return `rows ${before} to ${after}, of which ${told} were acknowledged, killed after ${waitedMs} ms`;
  }

  beforeAll(async () => {
    place = await open(PARTITIONS);
    port = await freePort();
    file = join(alder.newFolder(), 'numbered.csv');
    writeRows(file, FILE_ROWS);
    rows = new RowsInLog(place.log);
    await playRounds(series, ({ random }) => killOnce(random));
    const { status, stdout, stderr } = await produce('--json').exited;
    if (status !== 0) throw new Error(`the last producer ended with ${status}:\n${stderr.join('\n')}`);
    summary = JSON.parse(stdout.at(-1)!) as typeof summary;
  }, ROUNDS_MS_MAX);

  afterAll(() => place.remove(), 60_000);

  test('the log holds every row of the file once, in its order and unchanged', async () => {
    expect(await rows.check()).toBe(FILE_ROWS);
  });

  test('the last producer found the rows of the dead producers, and sent the rest', () => {
    expect(summary.rows).toBe(FILE_ROWS);
    expect(summary.alreadyInLog + summary.acknowledged).toBe(FILE_ROWS);
    expect(summary.alreadyInLog).toBeGreaterThan(0);
  });

  test(
    'a trainer counts each row once, and the deep verifier finds no difference',
    async () => {
      const registry = await place.registry(`${place.topic}-calm`);
      const record = await trainToEnd(alder, place, registry);
      const rejected = Array.from({ length: FILE_ROWS }, (_, i) => i).filter(isBadRow).length;
      expect(await counted(record, place)).toEqual({
        inLog: FILE_ROWS,
        messages: FILE_ROWS,
        skipped: 0,
        accepted: FILE_ROWS - rejected,
        rejected,
      });
      expect(await verifyAll(alder, place, registry.model)).toBe((await registry.listVersions()).length);
    },
    ROUNDS_MS_MAX,
  );
});

import { join } from 'node:path';
import type { ModelRegistry } from '../../shared/model-registry/model-registry';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import { useAlder } from '../support/alder-process';
import { readWholeLog, type ScenarioPlace } from '../support/scenario-places';
import { onEachBackend } from './kill-places';
import { atRandom, playRounds, ROUNDS, ROUNDS_MS_MAX } from './kill-rounds';
import { SeenVersions } from './seen-versions';
import { brokenLinks, counted, outcome, TRAINING, trainToEnd, verifyAll } from './verdict';

const IRIS = join(__dirname, '../../data/iris.csv');
const PARTITIONS = 2;
const ROWS_PER_SECOND = 120;
const BAD_ROWS_PER_ROUND = 2;
/** Mini-batches after the progress, so that the kill comes during a read, a fit, a publish or an idle wait. */
const KILL_AFTER_MS_MAX = 400;

onEachBackend('trainer', (open, series) => {
  const alder = useAlder();
  let place: ScenarioPlace;
  let killed: ModelRegistry;
  let seen: SeenVersions;
  let atEnd: { killed: VersionRecord; calm: VersionRecord };

  async function killOnce(round: number, random: () => number): Promise<string> {
    const before = await seen.newest();
    await place.log.append(
      round % PARTITIONS,
      Array(BAD_ROWS_PER_ROUND).fill({ value: `bad, round ${round}` }),
    );
    const trainer = alder.start(['train', '--model', killed.model], {
      environment: { ...place.environment, ...TRAINING },
    });
    await trainer.line(/ · version \d+ (live|refused)/);
    const waitedMs = await atRandom(KILL_AFTER_MS_MAX, random);
    const exit = await trainer.end('SIGKILL');
    if (exit.signal !== 'SIGKILL') throw new Error(`the trainer ended by itself:\n${exit.stderr.join('\n')}`);
    const after = await seen.noteAfter(exit);
    if (after <= before) throw new Error(`no version came: ${before} before, ${after} after`);
    return `versions ${before} to ${after}, killed ${waitedMs} ms after the first of them`;
  }

  beforeAll(async () => {
    place = await open(PARTITIONS);
    killed = await place.registry(`${place.topic}-killed`);
    const calm = await place.registry(`${place.topic}-calm`);
    seen = new SeenVersions(killed);
    const producer = alder.start(['produce', IRIS, '--simulate', '1', '--rate', String(ROWS_PER_SECOND)], {
      environment: { ...place.environment, ALDER_PRODUCER_PORT: '0' },
    });
    await playRounds(series, ({ round, random }) => killOnce(round, random));
    await producer.end('SIGINT');
    // A version cannot end with bad rows, so one good row is appended to each of the two partitions.
    const value = JSON.stringify({ data: [5.1, 3.5, 1.4, 0.2], label: 'setosa' });
    for (let partition = 0; partition < PARTITIONS; partition++)
      await place.log.append(partition, [{ value }]);
    atEnd = { killed: await trainToEnd(alder, place, killed), calm: await trainToEnd(alder, place, calm) };
  }, ROUNDS_MS_MAX);

  afterAll(() => place.remove(), 60_000);

  test("the version at the log's end has row digest, tree digest and ledger of a run without kills", () => {
    expect(outcome(atEnd.killed)).toEqual(outcome(atEnd.calm));
    expect(atEnd.killed.trainer.epoch).toBe(ROUNDS + 1);
    expect(atEnd.calm.trainer.epoch).toBe(1);
  });

  test('every message of the log is counted once', async () => {
    const { inLog, ...ledger } = await counted(atEnd.killed, place);
    const rejected = ROUNDS * BAD_ROWS_PER_ROUND;
    expect(ledger).toEqual({ messages: inLog, skipped: 0, accepted: inLog - rejected, rejected });
  });

  test('versions only grow: no seen version is gone or changed, and each has the previous one as its parent', async () => {
    expect(await seen.changed()).toEqual([]);
    expect(await brokenLinks(killed)).toEqual([]);
  });

  test('every bad row has a copy, with at most one more copy for each kill', async () => {
    const copies = await readWholeLog(await place.rejectedLog());
    const places = copies.map(
      ({ headers }) => `${headers!['alder-partition']}/${headers!['alder-offset']}/${headers!['alder-line']}`,
    );
    const counts = new Map<string, number>();
    for (const each of places) counts.set(each, (counts.get(each) ?? 0) + 1);
    expect(counts.size).toBe(ROUNDS * BAD_ROWS_PER_ROUND);
    // Two models read the topic, and each writes its own copies.
    const extra = places.length - 2 * counts.size;
    expect(extra).toBeLessThanOrEqual(ROUNDS * BAD_ROWS_PER_ROUND);
  });

  test(
    'the deep verifier checks every version and finds no difference',
    async () => {
      expect(await verifyAll(alder, place, killed.model)).toBe((await killed.listVersions()).length);
    },
    ROUNDS_MS_MAX,
  );
});

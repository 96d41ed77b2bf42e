import { join } from 'node:path';
import type { ModelRegistry } from '../../shared/model-registry/model-registry';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import { eventually, useAlder } from '../support/alder-process';
import {
  isAtEnd,
  newestRecord,
  type OpenPlace,
  readWholeLog,
  type ScenarioPlace,
} from '../support/scenario-places';

const IRIS = join(__dirname, '../../data/iris.csv');
const ROUNDS = 3;
const BAD_ROWS_PER_ROUND = 2;

/** Small windows and mini-batches make many versions; a short lease lets the next trainer take over quickly. */
const SETTINGS = {
  ALDER_WINDOW_ROWS: '120',
  ALDER_BATCH_WAIT_MS: '50',
  ALDER_LEASE_MS: '500',
  ALDER_KEEP_VERSIONS: '10000',
  ALDER_TRAINER_PORT: '0',
};

/** The part of a record that depends neither on kills nor on cuts. */
function outcome({ lineage, rows, tree }: VersionRecord): unknown {
  return {
    lineage: lineage.map(({ batchFrom: _, ...rest }) => rest),
    window: { window: rows.window, fitted: rows.fitted, heldOut: rows.heldOut, digest: rows.digest },
    tree,
  };
}

/** Kills the trainer with signal 9 while rows arrive, and compares the result with that of an undisturbed trainer. */
export function killSuite(open: OpenPlace): void {
  const alder = useAlder();
  let place: ScenarioPlace;
  let killed: ModelRegistry;
  let calm: ModelRegistry;
  /** The newest version at each trainer's start and after its death; rows arrive after every death. */
  const deaths: { readonly before: number; readonly after: number; readonly signal: string | null }[] = [];

  function train(registry: ModelRegistry) {
    return alder.start(['train', '--model', registry.model], {
      environment: { ...place.environment, ...SETTINGS },
    });
  }

  async function newestVersion(): Promise<number> {
    return (await killed.loadState()).newest?.version ?? 0;
  }

  async function endOfLog(): Promise<number> {
    return (await place.log.bounds()).reduce((sum, { end }) => sum + end, 0);
  }

  beforeAll(async () => {
    place = await open();
    killed = await place.registry(`${place.topic}-killed`);
    calm = await place.registry(`${place.topic}-calm`);
    const producer = alder.start(['produce', IRIS, '--simulate', '1', '--rate', '150'], {
      environment: { ...place.environment, ALDER_PRODUCER_PORT: '0' },
    });
    for (let round = 0; round < ROUNDS; round++) {
      const before = await newestVersion();
      await place.log.append(0, Array(BAD_ROWS_PER_ROUND).fill({ value: `bad row of round ${round}` }));
      const trainer = train(killed);
      await trainer.line(/ · version \d+ (live|refused)/);
      const { signal } = await trainer.end('SIGKILL');
      deaths.push({ before, after: await newestVersion(), signal });
      const end = await endOfLog();
      await eventually(endOfLog, (now) => now > end);
    }
    await producer.end('SIGINT');
    const trainers = [train(killed), train(calm)];
    for (const registry of [killed, calm]) {
      const isDone = async () => isAtEnd(await newestRecord(registry), place.log);
      await eventually(isDone, (done) => done);
    }
    await Promise.all(trainers.map((trainer) => trainer.end('SIGINT')));
  }, 60_000);

  afterAll(() => place.remove());

  test(`the trainer was killed ${ROUNDS} times, each time after a version of its own and before the last cut`, () => {
    expect(deaths.map(({ signal }) => signal)).toEqual(Array(ROUNDS).fill('SIGKILL'));
    for (const { before, after } of deaths) expect(after).toBeGreaterThan(before);
  });

  test("the version at the log's end has the digests and the ledger of a run without kills", async () => {
    const [withKills, without] = [await newestRecord(killed), await newestRecord(calm)];
    expect(outcome(withKills!)).toEqual(outcome(without!));
    expect(withKills!.trainer.epoch).toBe(ROUNDS + 1);
    expect(without!.trainer.epoch).toBe(1);
  });

  test('every row of the log is counted once', async () => {
    const [lineage] = (await newestRecord(killed))!.lineage;
    const messages = await readWholeLog(place.log);
    const bad = ROUNDS * BAD_ROWS_PER_ROUND;
    expect(lineage).toMatchObject({
      start: '0',
      next: String(messages.length),
      messages: messages.length,
      skipped: 0,
      accepted: messages.length - bad,
      rejected: bad,
    });
  });

  test('versions are numbered without a gap, and each names the one before it as its parent', async () => {
    const versions = await killed.listVersions();
    expect(versions).toEqual(versions.map((_, i) => i + 1));
    const records = await Promise.all(versions.map((version) => killed.loadRecord(version)));
    const parsed = records.map((text) => JSON.parse(text!) as VersionRecord);
    expect(parsed.slice(1).map(({ parent }) => parent)).toEqual(
      parsed.slice(0, -1).map(({ version, recordDigest }) => ({ version, recordDigest })),
    );
    expect(parsed.slice(1).map(({ lineage }) => lineage[0]!.batchFrom)).toEqual(
      parsed.slice(0, -1).map(({ lineage }) => lineage[0]!.next),
    );
  });

  test('every bad row is in the dead-letter topic, with at most one more copy for each kill', async () => {
    const copies = await readWholeLog(await place.rejectedLog());
    const coordinates = (trainerOf: typeof copies) =>
      new Set(trainerOf.map(({ headers }) => headers!['alder-offset']));
    expect(coordinates(copies).size).toBe(ROUNDS * BAD_ROWS_PER_ROUND);
    // The undisturbed trainer writes its own copy of each.
    expect(copies.length).toBeLessThanOrEqual(ROUNDS * BAD_ROWS_PER_ROUND * (1 + 1 + ROUNDS));
  });

  test('every version replays to its digests', async () => {
    const { status, stdout, stderr } = await alder.run(['replay', 'all', '--json', '--model', killed.model], {
      environment: place.environment,
    });
    expect(stderr).toEqual([]);
    expect(status).toBe(0);
    expect(stdout).toHaveLength((await killed.listVersions()).length);
  });
}

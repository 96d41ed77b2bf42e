import { join } from 'node:path';
import type { ModelRegistry } from '../../shared/model-registry/model-registry';
import { decodeVersionRecord, type VersionRecord } from '../../shared/model-registry/version-record';
import { type AlderExit, type AlderProcess, eventually, useAlder } from '../support/alder-process';
import { IRIS_TREE_DIGEST } from '../support/iris-digest';
import {
  isAtEnd,
  newestRecord,
  type OpenPlace,
  readWholeLog,
  type ScenarioPlace,
} from '../support/scenario-places';
import { makeWallClockShift, type WallClockShift } from '../support/wall-clock-shift';

const IRIS = join(__dirname, '../../data/iris.csv');
const ROWS = 150;
const HOUR_MS = 3_600_000;
/** Forward by one hour, then back by a day. */
const JUMPS_TO_HOURS = [1, -23];
const LEASE_MS = 2_000;
/** There are five heartbeats a lease, so a process that measured the lease by the wall clock would act within six. */
const BEATS_AFTER_A_JUMP = 6;
const VERSIONS_AFTER_A_JUMP = 2;

const ACTIVE = /training, from version/;
const STANDING_BY = /holds the lease; standing by/;

/** Sets the wall clock of a trainer, its standby and the producer while rows arrive. */
export function wallClockSuite(open: OpenPlace): void {
  const alder = useAlder();
  let place: ScenarioPlace;
  let clock: WallClockShift;
  let registry: ModelRegistry;
  let active: AlderProcess;
  let standby: AlderProcess;
  let records: VersionRecord[];
  let shiftedHours: number[];
  let stampedHours: number[];
  let ends: { readonly active: AlderExit; readonly standby: AlderExit };
  const beats: { readonly before: number; readonly after: number }[] = [];

  const train = () =>
    alder.start(['train', '--model', registry.model], {
      environment: {
        ...place.environment,
        ...clock.environment,
        ALDER_LEASE_MS: String(LEASE_MS),
        ALDER_BATCH_ROWS_MAX: '5',
        ALDER_BATCH_ROWS: '5',
        ALDER_TRAINER_PORT: '0',
      },
    });

  const produce = (...flags: string[]) =>
    alder.start(['produce', IRIS, '--shuffle', '1', ...flags], {
      environment: { ...place.environment, ...clock.environment, ALDER_PRODUCER_PORT: '0' },
    });

  /** Rounded, since the machine's clock advances during the suite; adding 0 turns -0 into 0. */
  const hoursFromNow = (timeMs: number) => Math.round((timeMs - Date.now()) / HOUR_MS) + 0;
  const versionsSoFar = async () => (await registry.loadState()).newest?.version ?? 0;
  const beatNow = async () => (await registry.loadState()).lease!.beat;

  async function jumpTo(hours: number): Promise<void> {
    const version = await versionsSoFar();
    const before = await beatNow();
    clock.shiftTo(hours * HOUR_MS);
    const after = await eventually(beatNow, (beat) => beat >= before + BEATS_AFTER_A_JUMP);
    await eventually(versionsSoFar, (now) => now >= version + VERSIONS_AFTER_A_JUMP);
    beats.push({ before, after });
  }

  async function storedRecords(): Promise<VersionRecord[]> {
    const texts = (await registry.listVersions()).map((version) => registry.loadRecord(version));
    return (await Promise.all(texts)).map((text) => decodeVersionRecord(text!));
  }

  const untilAtEnd = () => eventually(async () => isAtEnd(await newestRecord(registry), place.log), Boolean);

  beforeAll(async () => {
    place = await open();
    clock = makeWallClockShift(alder.newFolder());
    registry = await place.registry(`${place.topic}-shifted`);
    active = train();
    await active.line(ACTIVE);
    standby = train();
    await standby.line(STANDING_BY);
    const producer = produce('--rate', '10');
    await active.line(/ · version 1 live/);
    for (const hours of JUMPS_TO_HOURS) await jumpTo(hours);
    expect((await producer.exited).status).toBe(0);
    await untilAtEnd();
    records = await storedRecords();
    shiftedHours = records.map(({ createdAt }) => hoursFromNow(Date.parse(createdAt)));
    stampedHours = (await readWholeLog(place.log)).map(({ timestampMs }) => hoursFromNow(timestampMs));
    ends = { standby: await standby.end('SIGINT'), active: await active.end('SIGINT') };
  }, 120_000);

  afterAll(() => place.remove());

  test('the wall clock jumped: the records of one trainer and the rows of one producer carry times before and after', () => {
    const inOrder = (hours: readonly number[]) => hours.filter((each, i) => i === 0 || each !== hours[i - 1]);
    expect(inOrder(shiftedHours)).toEqual([0, ...JUMPS_TO_HOURS]);
    expect(inOrder(stampedHours)).toEqual([0, ...JUMPS_TO_HOURS]);
  });

  test('the lease keeps its holder: the heartbeat continues past each jump, and the standby waits', () => {
    expect(beats).toHaveLength(JUMPS_TO_HOURS.length);
    for (const { before, after } of beats) expect(after - before).toBeGreaterThanOrEqual(BEATS_AFTER_A_JUMP);
    expect(new Set(records.map(({ trainer }) => trainer.epoch))).toEqual(new Set([1]));
    expect(new Set(records.map(({ trainer }) => trainer.id)).size).toBe(1);
    const said = [...ends.standby.stdout, ...ends.standby.stderr];
    expect(said.filter((line) => ACTIVE.test(line))).toEqual([]);
    expect([ends.standby.status, ends.active.status]).toEqual([0, 0]);
  });

  test('rows and versions keep their order, and each version begins where the last one ended', async () => {
    const rows = (await readWholeLog(place.log)).slice(0, ROWS);
    expect(rows.map(({ headers }) => Number(headers!['alder-row']))).toEqual(rows.map((_, row) => row));
    expect(records.map(({ version }) => version)).toEqual(records.map((_, i) => i + 1));
    const batches = records.map(({ lineage }) => lineage[0]!);
    expect(batches.map(({ batchFrom }) => batchFrom)).toEqual([
      '0',
      ...batches.slice(0, -1).map(({ next }) => next),
    ]);
  });

  test('the tree after the jumps is the known tree of Iris', () => {
    expect(records.at(-1)!.tree.digest).toBe(IRIS_TREE_DIGEST);
    expect(records.at(-1)!.lineage[0]).toMatchObject({ messages: ROWS, accepted: ROWS, rejected: 0 });
  });

  test('a trainer that starts a day before its own versions resumes from them, and all versions replay', async () => {
    clock.shiftTo(-24 * HOUR_MS);
    const again = train();
    expect(await again.line(ACTIVE)).toContain(`from version ${records.length} on`);
    expect((await produce().exited).status).toBe(0);
    await untilAtEnd();
    expect((await again.end('SIGINT')).status).toBe(0);
    const newest = (await newestRecord(registry))!;
    expect(newest.trainer.epoch).toBe(2);
    expect(newest.lineage[0]).toMatchObject({ messages: 2 * ROWS, accepted: 2 * ROWS, skipped: 0 });
    const { status } = await alder.run(['replay', 'all', '--model', registry.model], {
      environment: place.environment,
    });
    expect(status).toBe(0);
  });
}

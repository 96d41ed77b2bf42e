import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openRowSource, readSchemaFile } from '../../cli/row-source';
import { runProducer } from '../../services/producer/producer';
import { openEnvironment } from '../../shared/lmdb/environment';
import { openEmbeddedRowLog } from '../../shared/row-log/embedded/embedded-row-log';
import { systemClock } from '../../shared/runtime/clock';
import { freePort } from '../faults/servers/free-port';
import { endingWell, writeRows } from '../kills/numbered-rows';
import { RowsInLog } from '../kills/rows-in-log';
import { type AlderExit, type AlderProcess, eventually, useAlder } from '../support/alder-process';
import { boundFileBytes, mountSmallDisk, type SmallDisk } from '../support/small-disk';

const SCHEMA = join(__dirname, '../../data/iris.schema.json');
const MEBIBYTE = 1_048_576;
const SMALL_BYTES = 2 * MEBIBYTE;
const LARGE_BYTES = 64 * MEBIBYTE;
/** About 5 MB in the log. */
const FILE_ROWS = endingWell(30_000);

const alder = useAlder();
let file: string;

beforeAll(() => {
  file = join(alder.newFolder(), 'numbered.csv');
  writeRows(file, FILE_ROWS);
});

/** Starts a producer with its own health port, which reports the number of acknowledged rows. */
async function produceInto(
  dataDir: string,
): Promise<{ producer: AlderProcess; acknowledged(): Promise<number> }> {
  const port = await freePort();
  const producer = alder.start(['produce', file, '--resume', '--json', '--data-dir', dataDir], {
    environment: { ALDER_SCHEMA: SCHEMA, ALDER_PRODUCER_PORT: String(port) },
  });
  const acknowledged = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
    return ((await answer.json()) as { rowsInLog: number }).rowsInLog;
  };
  return { producer, acknowledged };
}

/** The number of the file's rows in a log. Throws when a row is missing, repeated or out of order. */
async function rowsIn(dataDir: string): Promise<number> {
  const environment = openEnvironment(dataDir);
  try {
    const log = await openEmbeddedRowLog(environment, { topic: 'alder-rows', partitions: 1 });
    return await new RowsInLog(log).check();
  } finally {
    await environment.close();
  }
}

function summaryOf({ status, stdout }: AlderExit): unknown {
  return { status, ...(JSON.parse(stdout.at(-1)!) as object) };
}

function suiteOnSmallDisk(disk: SmallDisk): void {
  const dataDir = join(disk.folder, 'log');
  let rowsWhenFull: number;

  afterAll(() => disk.remove());

  test('a full disk acknowledges no row that does not fit, keeps the acknowledged ones, and lets the producer stop', async () => {
    const { producer, acknowledged } = await produceInto(dataDir);
    await eventually(
      async () => disk.freeBytes(),
      (free) => free === 0,
    );
    const told = await acknowledged();
    const exit = await producer.end('SIGINT');
    rowsWhenFull = await rowsIn(dataDir);
    expect(told).toBeGreaterThan(0);
    expect(rowsWhenFull).toBe(told);
    expect(rowsWhenFull).toBeLessThan(FILE_ROWS);
    expect(summaryOf(exit)).toMatchObject({ status: 0, stopped: true, acknowledged: rowsWhenFull });
  });

  test('a producer that gives up says that the disk is full, and what to do', async () => {
    const environment = openEnvironment(dataDir);
    try {
      const running = runProducer({
        log: await openEmbeddedRowLog(environment, { topic: 'alder-rows', partitions: 1 }),
        rows: openRowSource(file, readSchemaFile(SCHEMA), {}),
        schema: readSchemaFile(SCHEMA),
        ratePerSecond: null,
        rowsPerMessage: 1,
        resume: true,
        clock: systemClock,
        signal: new AbortController().signal,
        retry: { attemptsMax: 3, waitMsMin: 1, waitMsMax: 1 },
      });
      await expect(running).rejects.toMatchObject({
        code: 'log-unavailable',
        message: expect.stringMatching(/^the data folder \S+ failed: its disk is full \(.*\)$/),
        hint: 'check that the disk has room and the folder is still there',
      });
    } finally {
      await environment.close();
    }
    expect(await rowsIn(dataDir)).toBe(rowsWhenFull);
  });

  test('a new data folder on a full disk is refused before LMDB maps a file that does not fit', async () => {
    disk.fill();
    const fresh = join(disk.folder, 'fresh');
    const { producer } = await produceInto(fresh);
    expect(await producer.line(/data-folder/)).toContain('its disk is full (a new log does not fit)');
    expect((await producer.exited).status).toBe(1);
    expect(readdirSync(fresh)).toEqual([]);
  });

  test('a producer restarted on a full disk waits, then sends the rest once there is space, no row twice', async () => {
    const { producer, acknowledged } = await produceInto(dataDir);
    await producer.line(/^sending /);
    expect(await acknowledged()).toBeLessThan(FILE_ROWS);
    expect(await rowsIn(dataDir)).toBe(rowsWhenFull);
    disk.growTo(LARGE_BYTES);
    expect(summaryOf(await producer.exited)).toMatchObject({
      status: 0,
      rows: FILE_ROWS,
      alreadyInLog: rowsWhenFull,
      acknowledged: FILE_ROWS - rowsWhenFull,
    });
    expect(await rowsIn(dataDir)).toBe(FILE_ROWS);
  });
}

describe('the embedded log on a disk that gets full', () => {
  const disk = mountSmallDisk(SMALL_BYTES);
  if (disk !== null) suiteOnSmallDisk(disk);
  else {
    process.stderr.write('THE FULL DISK IS SKIPPED: mounting a tmpfs needs Linux and root\n');
    test.skip('a full disk needs the right to mount a tmpfs', () => undefined);
  }
});

describe('the embedded log under a bound on the length of files', () => {
  test('a bound on file length acknowledges no row that does not fit, and a restart without it sends the rest, no row twice', async () => {
    const dataDir = join(alder.newFolder(), 'log');
    const { producer, acknowledged } = await produceInto(dataDir);
    if (!boundFileBytes(producer.pid, SMALL_BYTES)) {
      process.stderr.write('THE BOUND ON FILES IS SKIPPED: there is no prlimit\n');
      return;
    }
    const length = async () => statSync(join(dataDir, 'data.mdb')).size;
    // The write that reached the bound was cut off there.
    await eventually(length, (bytes) => bytes === SMALL_BYTES);
    const told = await acknowledged();
    const exit = await producer.end('SIGINT');
    const rows = await rowsIn(dataDir);
    expect(told).toBeGreaterThan(0);
    expect(rows).toBe(told);
    expect(summaryOf(exit)).toMatchObject({ status: 0, stopped: true, acknowledged: rows });
    const again = await produceInto(dataDir);
    expect(summaryOf(await again.producer.exited)).toMatchObject({ status: 0, alreadyInLog: rows });
    expect(await rowsIn(dataDir)).toBe(FILE_ROWS);
  });
});

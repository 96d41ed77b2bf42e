import { readFileSync } from 'node:fs';
import { openEnvironment } from '../../shared/lmdb/environment';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import { openEmbeddedRowLog } from '../../shared/row-log/embedded/embedded-row-log';
import { type AlderExit, type AlderProcess, askUntil, postJson, useAlder } from '../support/alder-process';
import { IRIS_TREE_DIGEST } from '../support/iris-digest';
import { readWholeLog } from '../support/scenario-places';

const ROWS = 150;
const VERSIONS = ROWS / 10;
const LAST_LINE = /^ {2}npx alder produce/;
const STANDING_BY = /^trainer \S+ holds the lease; standing by \(standing-by\)$/;
const SEED_ROW = { data: [0.1, 1.1, 0.4, 0.8] };

/** The last lines of the demonstration. */
function storyEnd(url: string, folder: string): string[] {
  return [
    `all ${ROWS} rows are in; version ${VERSIONS} serves`,
    `tree ${IRIS_TREE_DIGEST}`,
    '',
    'ask for a prediction:',
    `  curl -H 'Content-Type: application/json' -d '{"data":[0.1,1.1,0.4,0.8]}' ${url}/serve_decision_tree`,
    'keep it learning, in a second terminal:',
    `  npx alder produce data/iris.csv --data-dir ${folder} --simulate 1 --rate 20`,
  ];
}

/** Row numbers of the file's messages in the log, in the order of their offsets. */
async function rowsInLog(folder: string): Promise<number[]> {
  const environment = openEnvironment(folder);
  try {
    const log = await openEmbeddedRowLog(environment, { topic: 'alder-rows', partitions: 1 });
    return (await readWholeLog(log)).map(({ headers }) => Number(headers!['alder-row']));
  } finally {
    await environment.close();
  }
}

const everyRowOnce = Array.from({ length: ROWS }, (_, row) => row);

describe('alder up', () => {
  const alder = useAlder();
  const upOn = (folder: string, ...more: string[]) =>
    alder.start(['up', '--port', '0', '--data-dir', folder, ...more]);

  const runUp = (environment: Record<string, string>) => alder.run(['up'], { environment });

  // All runs happen here, at the same time; the tests inspect their output afterwards.
  let folder: string;
  let brokenFolder: string;
  let mlCartFolder: string;
  let first: AlderProcess;
  let standby: AlderProcess;
  let broken: AlderProcess;
  let restarted: AlderProcess;
  let mlCart: AlderProcess;
  let firstPredictionMs: number;
  let takenPort: string;
  let refused: Record<'port' | 'KAFKA_BROKERS' | 'REDIS_URL' | 'setting', Promise<AlderExit>>;

  beforeAll(async () => {
    [folder, brokenFolder, mlCartFolder] = [alder.newFolder(), alder.newFolder(), alder.newFolder()];
    first = upOn(folder);
    broken = upOn(brokenFolder);
    const url = await first.url();
    await askUntil(200, () => postJson(`${url}/serve_decision_tree`, SEED_ROW));
    firstPredictionMs = performance.now() - first.startedAtMs;
    mlCart = alder.start(['up', '--port', '0'], {
      environment: { ALDER_ENGINE: 'ml-cart', ALDER_DATA_DIR: mlCartFolder },
    });
    standby = upOn(folder, '--lease-ms', '1000');
    takenPort = new URL(url).port;
    refused = {
      port: runUp({ PORT: takenPort }),
      KAFKA_BROKERS: runUp({ KAFKA_BROKERS: '127.0.0.1:9' }),
      REDIS_URL: runUp({ REDIS_URL: 'redis://127.0.0.1:9' }),
      setting: runUp({ ALDER_HOLDOUT_SHARE: '1.5' }),
    };
    await broken.line(/ · version 2 live/);
    await broken.end('SIGKILL');
    restarted = upOn(brokenFolder, '--lease-ms', '500');
    await Promise.all([first, restarted, mlCart].map((each) => each.line(LAST_LINE)));
  }, 60_000);

  test('the first prediction comes within 3 s of the start', () => {
    expect(firstPredictionMs).toBeLessThan(3_000);
  });

  test('the first line names version, backend and data folder, the second the address', () => {
    const { version } = JSON.parse(readFileSync(`${__dirname}/../../package.json`, 'utf8')) as {
      version: string;
    };
    expect(first.stdout[0]).toBe(`Alder ${version} · embedded · data folder ${folder}`);
    expect(first.stdout[1]).toMatch(/^http:\/\/127\.0\.0\.1:\d+ · the first version is on its way$/);
  });

  test('alder up without a terminal prints one plain line a version and no warning', () => {
    const progress = first.stdout.slice(2, 2 + VERSIONS);
    progress.forEach((line, i) => {
      const hits = '\\d+/\\d+';
      expect(line).toMatch(
        new RegExp(
          `^rows ${(i + 1) * 10}/${ROWS} · version ${i + 1} live · holdout ${hits} · prequential ${hits}$`,
        ),
      );
    });
    expect(first.stdout.join('\n')).not.toMatch(/\r|\p{Cc}\[/u);
    expect(first.stderr).toEqual([]);
  });

  test('alder up on Iris ends with the serving version, the known tree, and two lines to copy', async () => {
    expect(first.stdout.slice(2 + VERSIONS)).toEqual(storyEnd(await first.url(), folder));
  });

  test('the curl line of alder up is answered', async () => {
    const line = first.stdout.find((each) => each.startsWith('  curl'))!;
    const [, body, url] = /-d '(.*)' (\S+)$/.exec(line)!;
    const answer = await postJson(url!, body);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ prediction: 'setosa', version: VERSIONS });
  });

  test('the process takes less than 150 MB after Iris', () => {
    if (process.platform !== 'linux') return;
    const status = readFileSync(`/proc/${first.pid}/status`, 'utf8');
    const kilobytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)![1]);
    expect(kilobytes / 1_024).toBeLessThan(150);
  });

  test('a second up on the same folder and another port serves, and its trainer stands by', async () => {
    const answer = await postJson(`${await standby.url()}/serve_decision_tree`, SEED_ROW);
    expect(await answer.json()).toMatchObject({ version: VERSIONS, digest: IRIS_TREE_DIGEST });
    expect(standby.stdout).toHaveLength(2);
    expect(standby.stderr).toEqual([expect.stringMatching(STANDING_BY)]);
    const { stdout } = await alder.run(['versions', '--json', '--data-dir', folder]);
    const trainers = stdout.map((text) => (JSON.parse(text) as VersionRecord).trainer);
    expect(trainers).toHaveLength(VERSIONS);
    for (const trainer of trainers) expect(trainer).toMatchObject({ id: trainers[0]!.id, epoch: 1 });
    expect(trainers[0]!.id).toContain(`-${first.pid}-`);
  });

  test('Ctrl-C ends alder up within 2 s with status 0, and the standby trains on', async () => {
    const beganMs = performance.now();
    const { status, signal, stderr } = await first.end('SIGINT');
    expect(performance.now() - beganMs).toBeLessThan(2_000);
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: [] });

    const train = `${await standby.url()}/train_decision_tree`;
    const answer = await askUntil(200, () => fetch(train));
    expect(await answer.json()).toMatchObject({ version: VERSIONS, created: false });
    await standby.line(LAST_LINE);
    expect((await standby.end('SIGINT')).status).toBe(0);
  });

  test('alder up started again prints the same end at once and sends no row twice', async () => {
    const again = upOn(folder);
    await again.line(LAST_LINE);
    expect(performance.now() - again.startedAtMs).toBeLessThan(3_000);
    const url = await again.url();
    expect(again.stdout.slice(1)).toEqual([`${url} · version ${VERSIONS} serves`, ...storyEnd(url, folder)]);
    await again.end('SIGINT');
    expect(await rowsInLog(folder)).toEqual(everyRowOnce);
  });

  test('alder up killed and started again resumes at the end of the log', async () => {
    const { signal, stdout } = await broken.exited;
    expect(signal).toBe('SIGKILL');
    expect(stdout.at(-1)).not.toMatch(LAST_LINE);
    const url = await restarted.url();
    expect(restarted.stdout[1]).toMatch(/ · version \d+ serves$/);
    // Rows that waited at the kill may be cut before the producer resumes, which makes one more version but the same tree.
    const [serves, ...rest] = restarted.stdout.slice(-storyEnd(url, brokenFolder).length);
    expect(serves).toMatch(/^all 150 rows are in; version 1[56] serves$/);
    expect(rest).toEqual(storyEnd(url, brokenFolder).slice(1));
    expect(restarted.stderr).toEqual([expect.stringMatching(STANDING_BY)]);
    await restarted.end('SIGINT');
    expect(await rowsInLog(brokenFolder)).toEqual(everyRowOnce);
  });

  test('alder up with ml-cart trains all of Iris, and its versions replay', async () => {
    const url = await mlCart.url();
    const training = await (await fetch(`${url}/train_decision_tree`)).json();
    expect(training).toMatchObject({ engine: 'ml-cart', version: VERSIONS, rows: { window: ROWS } });
    const answer = await postJson(`${url}/serve_decision_tree`, SEED_ROW);
    expect(await answer.json()).toMatchObject({ prediction: 'setosa', version: VERSIONS });
    const { status, stdout } = await alder.run(['replay', 'latest', '--data-dir', mlCartFolder]);
    expect({ status, differs: stdout.filter((line) => line.includes('DIFFERS')) }).toEqual({
      status: 0,
      differs: [],
    });
  });

  test('the produce line of alder up sends more rows, and Ctrl-C ends the producer with status 0', async () => {
    const [, args] = /npx alder (.*)$/.exec(mlCart.stdout.find((line) => LAST_LINE.test(line))!)!;
    const producer = alder.start([...args!.split(' '), '--producer-port', '0']);
    await mlCart.line(new RegExp(` · version ${VERSIONS + 1} `));
    const { status, stdout } = await producer.end('SIGINT');
    expect(status).toBe(0);
    expect(stdout).toEqual([expect.stringMatching(/^stopped: \d+ rows acknowledged$/)]);
    expect((await mlCart.end('SIGTERM')).status).toBe(0);
  });

  test('alder up on a taken port exits with 1 and names another', async () => {
    const { status, stderr } = await refused.port;
    expect(status).toBe(1);
    expect(stderr[0]).toMatch(new RegExp(`^alder: port ${takenPort} is taken; try PORT=\\d+ npm start`));
    expect(stderr[0]).not.toContain(`PORT=${takenPort} `);
  });

  test.each([
    ['KAFKA_BROKERS', 'REDIS_URL'],
    ['REDIS_URL', 'KAFKA_BROKERS'],
  ] as const)('alder up with %s alone exits with 2 and names the missing setting', async (set, missing) => {
    const { status, stdout, stderr } = await refused[set];
    expect({ status, stdout }).toEqual({ status: 2, stdout: [] });
    expect(stderr[0]).toBe(
      `alder: ${set} is set but ${missing} is not: the two go together (settings-incomplete)`,
    );
  });

  test('alder up with a setting out of its bounds exits with 2 and names the setting as it was spelled', async () => {
    const { status, stderr } = await refused.setting;
    expect(status).toBe(2);
    expect(stderr[0]).toMatch(/^alder: ALDER_HOLDOUT_SHARE: .*0\.9.* \(setting-invalid\)$/);
  });
});

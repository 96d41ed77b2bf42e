import type { Socket } from 'node:net';
import { connectionsWithinFileLimit } from '../../shared/http/listen';
import { GOOD_BODY, GOOD_REQUEST, jsonHead } from '../hostile/requests';
import {
  CAN_MEASURE,
  champions,
  type ServeProcess,
  startServeProcess,
  usageOf,
} from '../hostile/serve-process';
import { openMany } from '../hostile/sockets';
import { seededDraw } from '../row/mutations';
import { useAlder } from '../support/alder-process';
import { exchange, RawClient } from '../support/raw-http';
import { askUntilClosed, askUntilDone, type Farewell } from './clients';
import { NumberedVersions } from './numbered-versions';

/** The normal run is short; `npm run test:load` sets LOAD=full. Figures go to the terminal. */
const IS_FULL = process.env.LOAD === 'full';
const REQUESTS = IS_FULL ? 100_000 : 3_000;
const VERSIONS = IS_FULL ? 200 : 8;
const IDLE = Math.min(IS_FULL ? 10_000 : 1_500, connectionsWithinFileLimit());
const CLIENTS = 16;
const FULL_MS_MAX = 600_000;
const EXIT_MS_MAX = 10_000;

const alder = useAlder();
let serve: ServeProcess;
let versions: NumberedVersions;

beforeEach(async () => {
  serve = await startServeProcess(alder, { ALDER_CONNECTIONS_MAX: '12000' });
  versions = new NumberedVersions(serve.publisher);
  await versions.publish();
  await champions(serve.port);
}, 60_000);

afterEach(() => serve.remove());

function report(what: string, figures: Readonly<Record<string, number>>): void {
  const texts = Object.entries(figures).map(([name, value]) => `${name} ${Math.round(value)}`);
  if (IS_FULL) process.stderr.write(`${what}: ${texts.join(', ')}\n`);
}

test(
  `${REQUESTS} requests while ${VERSIONS} versions are published get no answer but 200, each of the version that it names`,
  async () => {
    const startedAtMs = performance.now();
    const before = CAN_MEASURE ? usageOf(serve.alder.pid) : null;
    let isPublished = false;
    const publishing = versions.publishUntil(VERSIONS).then(() => {
      isPublished = true;
    });
    const { requests, faults } = await askUntilDone(
      serve.port,
      CLIENTS,
      versions,
      (sent) => sent >= REQUESTS && isPublished,
    );
    expect(faults).toEqual([]);
    await publishing;
    expect(requests).toBeGreaterThanOrEqual(REQUESTS);
    expect(versions.seen.size).toBe(VERSIONS);
    const seconds = (performance.now() - startedAtMs) / 1_000;
    report('load', { requests, versions: VERSIONS, seconds, 'requests a second': requests / seconds });
    if (before !== null) {
      const after = usageOf(serve.alder.pid);
      report('serving', {
        'MiB before': before.residentMiB,
        'MiB after': after.residentMiB,
        handles: after.handles,
      });
    }
  },
  FULL_MS_MAX,
);

test('a stop under load answers all requests in flight, resets no connection, and ends within ten seconds', async () => {
  let answers = 0;
  const countAnswer = () => {
    answers++;
  };
  const talking: Promise<Farewell>[] = Array.from({ length: CLIENTS }, (_, i) =>
    askUntilClosed(serve.port, seededDraw(i + 1), countAnswer),
  );
  // These requests are half sent at the stop, and are completed afterwards.
  const halfway = Array.from({ length: CLIENTS }, () => new RawClient(serve.port));
  for (const client of halfway) {
    await client.write(`${jsonHead([`Content-Length: ${GOOD_BODY.length}`])}{"data"`);
  }
  while (answers < CLIENTS * 20) await new Promise((resolve) => setImmediate(resolve));
  const stoppedAtMs = performance.now();
  const ended = serve.alder.end('SIGTERM');
  const farewells = await Promise.all(talking);
  for (const client of halfway) {
    await client.write(GOOD_BODY.slice('{"data"'.length));
    expect((await client.answer())?.status).toBe(200);
    client.destroy();
  }
  const { status } = await ended;
  const exitMs = performance.now() - stoppedAtMs;
  expect(farewells.filter(({ lost, isAnnounced }) => lost > 0 || !isAnnounced)).toEqual([]);
  expect(status).toBe(0);
  expect(exitMs).toBeLessThan(EXIT_MS_MAX);
  report('stop', { answers, 'ms until the exit': exitMs });
}, 60_000);

(CAN_MEASURE ? test : test.skip)(
  `${IDLE} idle connections that fit under the cap all stay, and the others are served`,
  async () => {
    const before = usageOf(serve.alder.pid);
    const idle: Socket[] = await openMany(serve.port, IDLE, GOOD_REQUEST);
    const startedAtMs = performance.now();
    const { requests, faults } = await askUntilDone(
      serve.port,
      CLIENTS,
      versions,
      (sent) => sent >= REQUESTS / 3,
    );
    expect(faults).toEqual([]);
    const during = usageOf(serve.alder.pid);
    const seconds = (performance.now() - startedAtMs) / 1_000;
    expect(during.handles).toBeGreaterThanOrEqual(IDLE);
    for (const socket of idle) socket.destroy();
    expect((await exchange(serve.port, GOOD_REQUEST))?.status).toBe(200);
    report('idle', {
      connections: IDLE,
      'MiB before': before.residentMiB,
      'MiB during': during.residentMiB,
      'requests a second': requests / seconds,
    });
  },
  FULL_MS_MAX,
);

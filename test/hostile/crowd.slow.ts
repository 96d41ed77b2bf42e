import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { connectionsWithinFileLimit } from '../../shared/http/listen';
import { useAlder } from '../support/alder-process';
import { makeTestFolder } from '../support/embedded';
import { exchange } from '../support/raw-http';
import { irisTree } from '../support/stored-versions';
import { GOOD_REQUEST, head, jsonHead } from './requests';
import {
  CAN_MEASURE,
  champions,
  type ServeProcess,
  settledHandles,
  startServeProcess,
  usageOf,
} from './serve-process';
import { openMany } from './sockets';

/** The default bound of connections of `alder serve`. */
const CONNECTIONS_MAX = 4_096;
/** Ten thousand where this process may have so many files. */
const CROWD = Math.min(10_000, connectionsWithinFileLimit());
/** More than the cap, so that some have to make room. */
const SMALLER_CROWD = CROWD / 2;
/** An open request costs some 30 KB, and V8 keeps the heap that 4,096 of them needed. */
const GROWTH_MIB_MAX = 300;
/** Twice the time on a busy machine. Without the pipeline queue, clients that do not read delayed others by twenty seconds. */
const ANSWER_MS_MAX = 10_000;

const alder = useAlder();
let serve: ServeProcess;
let handlesBefore = 0;
let residentMiBBefore = 0;

beforeAll(async () => {
  serve = await startServeProcess(alder);
  await serve.publisher.publish(irisTree());
  await champions(serve.port);
  for (let i = 0; i < 200; i++) await exchange(serve.port, GOOD_REQUEST);
  if (CAN_MEASURE) ({ handles: handlesBefore, residentMiB: residentMiBBefore } = usageOf(serve.alder.pid));
}, 60_000);

afterAll(() => serve.remove());

/** Every new client is answered in time. */
async function othersAreServed(port: number): Promise<void> {
  for (let i = 0; i < 50; i++) {
    const askedAtMs = performance.now();
    expect((await exchange(port, GOOD_REQUEST))?.status).toBe(200);
    expect(performance.now() - askedAtMs).toBeLessThan(ANSWER_MS_MAX);
  }
}

const whenMeasurable = CAN_MEASURE ? test : test.skip;

whenMeasurable.each<[who: string, count: number, bytes: string]>([
  ['connections that say nothing', CROWD, ''],
  ['connections that begin a header', SMALLER_CROWD, 'POST /serve_decision_tree HT'],
  ['connections that begin a body', SMALLER_CROWD, `${jsonHead(['Content-Length: 1000'])}{"data":[`],
  ['connections that ask for much and read nothing', 30, head('GET', '/metrics').repeat(1_900)],
])(
  'many %s keep no other client out and leave no handle or memory behind',
  async (_who, count, bytes) => {
    const { pid } = serve.alder;
    const crowd: Socket[] = await openMany(serve.port, count, bytes);
    await othersAreServed(serve.port);
    expect(usageOf(pid).handles).toBeLessThanOrEqual(handlesBefore + Math.min(count, CONNECTIONS_MAX) + 1);
    for (const socket of crowd) socket.destroy();
    expect(await settledHandles(pid, handlesBefore)).toBeLessThanOrEqual(handlesBefore);
    expect(usageOf(pid).residentMiB - residentMiBBefore).toBeLessThan(GROWTH_MIB_MAX);
    await othersAreServed(serve.port);
  },
  60_000,
);

whenMeasurable(
  'idle connections keep no client out where the system allows fewer files than connections',
  async () => {
    const folder = makeTestFolder();
    const script = 'ulimit -n 300 && exec "$0" "$@"';
    const args = [
      join(__dirname, '../../bin/alder.js'),
      'serve',
      '--port',
      '0',
      '--data-dir',
      folder.dataDir,
    ];
    folder.open();
    const child = spawn('sh', ['-c', script, process.execPath, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    try {
      let said = '';
      for await (const text of child.stderr.setEncoding('utf8')) {
        said += text;
        if (/127\.0\.0\.1:\d+/.test(said)) break;
      }
      const port = Number(/127\.0\.0\.1:(\d+)/.exec(said)![1]);
      const crowd = await openMany(port, 600, '');
      for (let i = 0; i < 20; i++) expect((await exchange(port, head('GET', '/livez')))?.status).toBe(200);
      for (const socket of crowd) socket.destroy();
    } finally {
      child.kill('SIGKILL');
      await once(child, 'close');
      await folder.remove();
    }
  },
);

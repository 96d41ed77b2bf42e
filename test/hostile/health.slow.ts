import { type AlderProcess, useAlder } from '../support/alder-process';
import { makeTestFolder } from '../support/embedded';
import { exchange, RawClient } from '../support/raw-http';
import { HEADER_CASES } from './header-cases';
import { head, jsonHead } from './requests';
import { CAN_MEASURE, settledHandles, usageOf } from './serve-process';
import { openMany } from './sockets';
import { TARGETS_REFUSED } from './target-cases';

const LIVE = head('GET', '/livez');
/** More than its 64 places. */
const CROWD = 200;
const GROWTH_MIB_MAX = 160;

const alder = useAlder();
const folder = makeTestFolder();
let trainer: AlderProcess;
let port: number;
let before = { residentMiB: 0, handles: 0 };

// One trainer for all of it: whatever comes to its health port, it goes on to train and to tell.
beforeAll(async () => {
  folder.open();
  trainer = alder.start(['train', '--trainer-port', '0', '--log', 'json'], {
    environment: { ALDER_DATA_DIR: folder.dataDir },
  });
  port = Number(new URL((await trainer.url()).replace(/".*/, '')).port);
  await trainer.line(/"code":"active"/);
  for (let i = 0; i < 200; i++) await exchange(port, LIVE);
  if (CAN_MEASURE) before = usageOf(trainer.pid);
}, 60_000);

afterAll(async () => {
  await trainer.end('SIGKILL');
  await folder.remove();
});

/** The health port reads no body, so a fault behind the header does not change the answer. */
const BEHIND_THE_HEADER = [
  'a chunk that is longer than it says',
  'a length behind the last chunk',
  '20 KB behind the last chunk',
];
const CASES = HEADER_CASES.filter(([what]) => !BEHIND_THE_HEADER.includes(what));

describe('the health port of a trainer', () => {
  afterEach(async () => {
    expect((await exchange(port, LIVE))?.status).toBe(200);
  });

  test.each(CASES)('a header with %s costs its connection', async (_what, bytes, status, code) => {
    const client = new RawClient(port);
    await client.write(bytes);
    const answer = await client.answer();
    expect([answer?.status, JSON.parse(answer!.body).code]).toEqual([status, code]);
    await client.closed();
    client.destroy();
  });

  test.each(TARGETS_REFUSED)('the target %s is no path', async (target) => {
    expect((await exchange(port, head('GET', target)))?.status).toBe(400);
  });

  test.each([
    [head('GET', '/livez?a=1'), 404],
    [head('GET', '/LIVEZ'), 404],
    [head('GET', '/livez/'), 404],
    [head('GET', '/%zz'), 404],
    [head('GET', '/constructor'), 404],
    [head('POST', '/readyz'), 405],
    [head('DELETE', '/metrics'), 405],
    [`${jsonHead(['Content-Length: 2'], '/livez')}{}`, 405],
  ])('the request %j is %i', async (bytes, status) => {
    expect((await exchange(port, bytes))?.status).toBe(status);
  });

  test('a body that is never sent, or that never ends, is answered at once', async () => {
    const announced = new RawClient(port);
    await announced.write(jsonHead(['Content-Length: 1000000000', 'Expect: 100-continue'], '/livez'));
    expect((await announced.answer())?.status).toBe(405);
    const endless = new RawClient(port);
    await endless.write(jsonHead(['Transfer-Encoding: chunked'], '/livez'));
    const chunk = `10000\r\n${'a'.repeat(65_536)}\r\n`;
    for (let sent = 0; sent < 500; sent++) if (!(await endless.write(chunk))) break;
    expect((await endless.answer())?.status).toBe(405);
    announced.destroy();
    endless.destroy();
  });

  test.each([
    ['say nothing', ''],
    ['begin a header', 'GET /liv'],
    ['ask for much and read nothing', head('GET', '/metrics').repeat(200)],
  ])('hundreds of connections that %s keep no other client out', async (_what, bytes) => {
    const crowd = await openMany(port, CROWD, bytes);
    for (let i = 0; i < 20; i++) expect((await exchange(port, LIVE))?.status).toBe(200);
    for (const socket of crowd) socket.destroy();
  });
});

describe('after all requests', () => {
  test('the trainer still leads, and has logged none of the requests', async () => {
    const { body } = (await exchange(port, head('GET', '/readyz')))!;
    expect(JSON.parse(body)).toMatchObject({ ready: true, role: 'active' });
    const codes = trainer.stderr.map((line) => JSON.parse(line).code);
    expect(codes.filter((code) => !['started', 'active'].includes(code))).toEqual([]);
  });

  (CAN_MEASURE ? test : test.skip)('memory and file handles are where they were', async () => {
    expect(await settledHandles(trainer.pid, before.handles)).toBeLessThanOrEqual(before.handles);
    expect(usageOf(trainer.pid).residentMiB - before.residentMiB).toBeLessThan(GROWTH_MIB_MAX);
  });

  test('the trainer ends with status 0', async () => {
    expect((await trainer.end('SIGTERM')).status).toBe(0);
  });
});

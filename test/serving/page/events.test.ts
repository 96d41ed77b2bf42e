import type { Serving } from '../../../services/serving/server/serving';
import { FIRST_VERSIONS_MAX } from '../../../shared/api/events';
import { CHAMPION } from '../../../shared/model-registry/aliases';
import { EMPTY_STATE } from '../../../shared/model-registry/registry-rules';
import { MemoryModelRegistry } from '../../support/memory-model-registry';
import { RawClient } from '../../support/raw-http';
import { irisTree, Publisher } from '../../support/stored-versions';
import { startTestServing, until } from '../../support/test-serving';
import { EventClient } from './event-client';

let registry: MemoryModelRegistry;
let publisher: Publisher;
let serving: Serving;
const clients: EventClient[] = [];

beforeEach(async () => {
  registry = new MemoryModelRegistry();
  publisher = await Publisher.open(registry);
  for (let i = 0; i < 3; i++) await publisher.publish(irisTree());
  serving = await startTestServing(registry);
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await serving.stop();
});

async function open(lastEventId?: string): Promise<EventClient> {
  const headers: Record<string, string> = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const client = await EventClient.open(serving.url, headers);
  clients.push(client);
  return client;
}

test('a page that opens gets the whole state at once, in the documented shapes', async () => {
  const client = await open();
  expect(client.answer.headers).toMatchObject({
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  expect(await client.next('pipeline')).toMatchObject({
    model: 'decisiontree',
    message: expect.stringContaining('version 3 is live'),
    registry: { isReachable: true },
    trainer: { state: 'active', report: null },
    serving: { processes: 1, requests: 0, requestsPerSecond: null, p99Ms: null, pages: 1 },
    latest: 3,
    previousChampion: 2,
    aliases: { champion: { version: 3, held: false } },
  });
  const { versions } = await client.next('versions');
  expect(versions.map(({ version, champion }) => [version, champion])).toEqual([
    [1, null],
    [2, 1],
    [3, 2],
  ]);
  const { entries } = await client.next('journal');
  expect(entries.map(({ to }) => to)).toEqual([3, 2, 1]);
  expect(client.received).toMatch(/^retry: 1000\n\n/);
});

test('a versions event has the newest version that it names as its id, and no other event has one', async () => {
  const client = await open();
  await Promise.all([client.next('pipeline'), client.next('versions'), client.next('journal')]);
  const ids = Object.fromEntries(client.events.map(({ name, id }) => [name, id]));
  expect(ids).toEqual({ pipeline: null, versions: '3', journal: null });
});

test('a page that reconnects gets only the versions after its last one', async () => {
  const client = await open('2');
  expect(await client.versionsUpTo(3)).toEqual([3]);
});

test.each(['4', '0', 'x', '1.5', '-1', '9'.repeat(30)])(
  'a page that reconnects with %s, an id that was never given, gets all versions',
  async (id) => {
    expect(await (await open(id)).versionsUpTo(3)).toEqual([1, 2, 3]);
  },
);

test('a new version reaches every page, and its record is loaded once', async () => {
  const pages = [await open(), await open()];
  for (const page of pages) await page.versionsUpTo(3);
  const before = registry.calls.loadRecord!;
  await publisher.publish(irisTree(), { promote: false });
  for (const page of pages) expect(await page.versionsUpTo(4)).toEqual([4]);
  expect(registry.calls.loadRecord).toBe(before + 1);
});

test('a page that opens later costs the registry no record', async () => {
  await (await open()).versionsUpTo(3);
  const before = registry.calls.loadRecord;
  expect(await (await open()).versionsUpTo(3)).toEqual([1, 2, 3]);
  expect(registry.calls.loadRecord).toBe(before);
});

test('a move of an alias reaches every page with its reason', async () => {
  const pages = [await open(), await open()];
  for (const page of pages) await page.next('journal');
  const { revision } = (await registry.loadState()).aliases[CHAMPION]!;
  const move = {
    alias: CHAMPION,
    version: 1,
    expectedRevision: revision,
    held: true,
    at: '2024-01-01T00:00:02Z',
  };
  await registry.moveAlias({ ...move, reason: 'a closer look', actor: 'ann' });
  for (const page of pages) {
    const [newest] = (await page.next('journal')).entries;
    expect(newest).toMatchObject({ from: 3, to: 1, reason: 'a closer look', actor: 'ann' });
  }
});

test('a page gets the newest of many versions, ascending and in parts', async () => {
  for (let i = 3; i < FIRST_VERSIONS_MAX + 10; i++) {
    await publisher.publish(irisTree(), { promote: false, keepVersions: 1_000 });
  }
  const client = await open();
  const seen = await client.versionsUpTo(FIRST_VERSIONS_MAX + 10);
  expect(seen).toEqual(Array.from({ length: FIRST_VERSIONS_MAX }, (_, i) => i + 11));
  const ids = client.events.flatMap(({ name, id }) => (name === 'versions' ? [Number(id)] : []));
  expect(ids).toEqual([60, 110, 160, 210]);
});

test('pages get all versions again from a registry that begins anew', async () => {
  const client = await open();
  await client.versionsUpTo(3);
  registry.stored.clear();
  registry.change({ ...EMPTY_STATE });
  await (await Publisher.open(registry)).publish(irisTree(5));
  expect(await client.versionsUpTo(1)).toEqual([1]);
});

test('a page gets all versions except one whose record fails its checks', async () => {
  registry.stored.get(2)!.recordText = '{}';
  expect(await (await open()).versionsUpTo(3)).toEqual([1, 3]);
});

test('HEAD of the events gets the header and no stream', async () => {
  const { status, headers } = await fetch(`${serving.url}/events`, { method: 'HEAD' });
  expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream']);
});

test('a stop ends every stream at once', async () => {
  const pages = [await open(), await open()];
  for (const page of pages) await page.next('journal');
  await serving.stop();
  expect(await Promise.all(pages.map((page) => page.ended()))).toEqual(['whole', 'whole']);
});

describe('a bound of two pages', () => {
  beforeEach(async () => {
    await serving.stop();
    serving = await startTestServing(registry, { connectionsMax: 8 });
  });

  test('an open page keeps its connection while idle clients take all others', async () => {
    const client = await open();
    await client.versionsUpTo(3);
    const idle = Array.from({ length: 20 }, () => new RawClient(serving.port));
    await until(() => idle.filter(({ isClosed }) => isClosed).length >= 12);
    await publisher.publish(irisTree(), { promote: false });
    expect(await client.versionsUpTo(4)).toEqual([4]);
    for (const each of idle) each.destroy();
  });

  test('a third page gets 503, and is served once another page has gone', async () => {
    const [first] = [await open(), await open()];
    const refused = await fetch(`${serving.url}/events`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await refused.json()).toMatchObject({ code: 'too-many-waiters' });
    await first.close();
    let third = await open();
    while (third.answer.statusCode !== 200) third = await open();
    expect(await third.versionsUpTo(3)).toEqual([1, 2, 3]);
  });
});

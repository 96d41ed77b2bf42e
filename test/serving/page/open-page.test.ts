import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OpenPage, UNSENT_BYTES_MAX } from '../../../services/serving/page/open-page';
import { until } from '../../support/test-serving';
import { EventClient } from './event-client';

const TEXT = `: ${'x'.repeat(100_000)}\n\n`;

let server: Server;
let client: EventClient;
let response: ServerResponse;
let page: OpenPage;
let closed: jest.Mock;

beforeEach(async () => {
  const whenClosed = jest.fn();
  closed = whenClosed;
  server = createServer((_request, begun) => {
    response = begun;
    page = new OpenPage(begun, 0, whenClosed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  client = await EventClient.open(`http://127.0.0.1:${port}`);
});

afterEach(async () => {
  await client.close();
  await new Promise((resolve) => server.close(resolve));
});

/** The client stops to read, and all buffers on the way fill up. */
async function fill(): Promise<void> {
  client.answer.pause();
  for (let quietTurns = 0; quietTurns < 10; quietTurns++) {
    if (!response.writableNeedDrain) quietTurns = 0;
    if (!response.writableNeedDrain) page.send(TEXT);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('drained() resolves at once when the client reads', async () => {
  page.send(': a\n\n');
  await page.drained();
  await until(() => client.received.endsWith(': a\n\n'));
});

test('drained() resolves when a slow client reads', async () => {
  await fill();
  const drained = page.drained();
  client.answer.resume();
  await drained;
  expect(response.writableNeedDrain).toBe(false);
});

test('drained() resolves when the client goes away', async () => {
  await fill();
  const drained = page.drained();
  client.answer.destroy();
  await drained;
  expect(page.isOpen).toBe(false);
  expect(closed).toHaveBeenCalledTimes(1);
});

test('a page is dropped when more than the bound is unread, and not before', async () => {
  await fill();
  while (response.writableLength <= UNSENT_BYTES_MAX) {
    expect(page.isOpen).toBe(true);
    page.send(TEXT);
  }
  page.send(TEXT);
  expect(page.isOpen).toBe(false);
  await until(() => closed.mock.calls.length === 1);
});

test('the stream of a page that reads ends after its last event', async () => {
  await page.drained();
  page.end();
  client.answer.resume();
  expect(await client.ended()).toBe('whole');
});

test('the end of a stream cuts off a page that does not read', async () => {
  await fill();
  page.end();
  await until(() => closed.mock.calls.length === 1);
  client.answer.resume();
  expect(await client.ended()).toBe('cut');
});

test('text for a page that has gone is dropped', async () => {
  client.answer.destroy();
  await until(() => closed.mock.calls.length === 1);
  page.send(TEXT);
  await page.drained();
  expect(closed).toHaveBeenCalledTimes(1);
});

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import type { Serving } from '../../../services/serving/server/serving';
import { MemoryModelRegistry } from '../../support/memory-model-registry';
import { RawClient } from '../../support/raw-http';
import { irisTree, Publisher } from '../../support/stored-versions';
import { startTestServing } from '../../support/test-serving';

const DOCUMENT = '<!doctype html><title>Alder</title>';
const SCRIPT = `globalThis.page = ${JSON.stringify('tree '.repeat(500))};\n`;
const STYLE = ':root { color-scheme: light dark; }\n';
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

const registry = new MemoryModelRegistry();
let folder: string;
let serving: Serving;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'alder-page-'));
  writeFileSync(join(folder, 'index.html'), DOCUMENT);
  writeFileSync(join(folder, 'page-ABCD1234.js'), SCRIPT);
  writeFileSync(join(folder, 'page-EFGH5678.css'), STYLE);
  writeFileSync(join(folder, 'secret.js'), 'not the page');
  await (await Publisher.open(registry)).publish(irisTree());
  serving = await startTestServing(registry, { pageFolder: folder });
});

afterAll(async () => {
  await serving.stop();
  rmSync(folder, { recursive: true, force: true });
});

const get = (path: string, encoding = 'identity') =>
  request(serving.url).get(path).set('accept-encoding', encoding);
const page = (encoding = 'identity') => get('/', encoding).set('accept', BROWSER);
const tagOf = (bytes: string | Uint8Array) => `"${createHash('sha256').update(bytes).digest('hex')}"`;

test('a browser gets the page, with a policy against other origins and inline code', async () => {
  const { text, headers } = await page().expect(200);
  expect(text).toBe(DOCUMENT);
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    vary: 'accept, accept-encoding',
    etag: tagOf(DOCUMENT),
  });
});

test.each(['*/*', 'application/json', 'image/png'])(
  'a client that accepts %s gets JSON from the root',
  async (accept) => {
    const { headers, body } = await get('/').set('accept', accept).expect(200);
    expect(headers['content-type']).toBe('application/json');
    expect(headers.vary).toBe('accept');
    expect(body.version).toBe(1);
  },
);

test('a browser that has the page already gets 304', async () => {
  const { headers } = await page().set('if-none-match', tagOf(DOCUMENT)).expect(304);
  expect(headers.etag).toBe(tagOf(DOCUMENT));
  await page().set('if-none-match', '"x"').expect(200);
});

test.each([
  ['page-ABCD1234.js', 'text/javascript; charset=utf-8', SCRIPT],
  ['page-EFGH5678.css', 'text/css; charset=utf-8', STYLE],
])('%s is immutable: a strong ETag and a year in any cache', async (name, contentType, content) => {
  const { headers, body, text } = await get(`/page/${name}`).buffer(true).expect(200);
  expect(text ?? body.toString()).toBe(content);
  expect(headers).toMatchObject({
    'content-type': contentType,
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    etag: tagOf(content),
    vary: 'accept-encoding',
  });
  await get(`/page/${name}`).set('if-none-match', tagOf(content)).expect(304);
});

test('a client that takes gzip gets it, with a length and a tag of its own', async () => {
  const answer = await fetch(`${serving.url}/page/page-ABCD1234.js`, {
    headers: { 'accept-encoding': 'gzip, br' },
  });
  expect(answer.headers.get('content-encoding')).toBe('gzip');
  expect(Number(answer.headers.get('content-length'))).toBeLessThan(SCRIPT.length / 10);
  expect(await answer.text()).toBe(SCRIPT);
  const etag = answer.headers.get('etag')!;
  expect(etag).not.toBe(tagOf(SCRIPT));
  await get('/page/page-ABCD1234.js', 'gzip').set('if-none-match', etag).expect(304);
  await get('/page/page-ABCD1234.js').set('if-none-match', etag).expect(200);
});

test.each(['gzip;q=0', 'br', ''])(
  'a client that accepts only the coding %j gets the plain bytes',
  async (encoding) => {
    const { headers } = await get('/page/page-ABCD1234.js', encoding).expect(200);
    expect(headers).not.toHaveProperty('content-encoding');
    expect(headers['content-length']).toBe(String(SCRIPT.length));
  },
);

test('HEAD of the page and of its files gets the header alone', async () => {
  for (const path of ['/', '/page/page-ABCD1234.js']) {
    const whole = await get(path).set('accept', BROWSER);
    const { headers, text } = await request(serving.url)
      .head(path)
      .set({ accept: BROWSER, 'accept-encoding': 'identity' })
      .expect(200);
    expect(text).toBeFalsy();
    expect({ ...headers, date: '' }).toEqual({ ...whole.headers, date: '' });
  }
});

test.each([
  '/page/secret.js',
  '/page/index.html',
  '/page/page-00000000.js',
  '/page/..%2Fpage-ABCD1234.js',
  '/page/%2e%2e%2f%2e%2e%2fpackage.json',
  '/page/..%5Cindex.html',
  '/page/page-ABCD1234.js%00',
  '/page/__proto__',
  '/page/',
  '/page',
  '/page/../secret.js',
  '/page/a/page-ABCD1234.js',
])('%s is no file of the page', async (path) => {
  const client = new RawClient(serving.port);
  await client.write(`GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
  const answer = await client.answer();
  expect(answer?.status).toBe(404);
  expect(JSON.parse(answer!.body)).toMatchObject({ status: 404, code: 'not-found' });
});

test('without a built page the root answers a small one', async () => {
  const bare = await startTestServing(registry, { pageFolder: join(folder, 'none') });
  const { text } = await request(bare.url).get('/').set('accept', BROWSER).expect(200);
  expect(text).toContain('version 1 is live');
  expect(text).toContain('href="docs"');
  await request(bare.url).get('/page/page-ABCD1234.js').expect(404);
  await bare.stop();
});

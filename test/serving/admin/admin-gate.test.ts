import request from 'supertest';
import { AdminGate, isLoopback } from '../../../services/serving/admin/admin-gate';
import type { Serving } from '../../../services/serving/server/serving';
import { MemoryModelRegistry } from '../../support/memory-model-registry';
import { irisTree, Publisher } from '../../support/stored-versions';
import { startTestServing } from '../../support/test-serving';

const TOKEN = 'a-token-of-twenty-four-1';
const ROLLBACK = '/models/decisiontree/rollback';

let registry: MemoryModelRegistry;

beforeEach(async () => {
  registry = new MemoryModelRegistry();
  const publisher = await Publisher.open(registry);
  for (let i = 0; i < 2; i++) await publisher.publish(irisTree());
});

async function withServing(options: object, use: (serving: Serving) => Promise<void>): Promise<void> {
  const serving = await startTestServing(registry, options);
  try {
    await use(serving);
  } finally {
    await serving.stop();
  }
}

test('with a token, only callers that send it are admitted', async () => {
  await withServing({ adminToken: TOKEN }, async ({ url }) => {
    const asked = (headers: Record<string, string | string[]>, query = '') =>
      request(url)
        .post(`${ROLLBACK}${query}`)
        .set(headers as Record<string, string>)
        .send({});
    for (const authorization of [
      '',
      'Bearer',
      `Bearer ${TOKEN}x`,
      `Basic ${TOKEN}`,
      TOKEN,
      `Bearer ${TOKEN} x`,
    ]) {
      const { body, headers } = await asked(authorization === '' ? {} : { authorization }).expect(401);
      expect(body.code).toBe('unauthorized');
      expect(headers['www-authenticate']).toBe('Bearer realm="alder"');
    }
    await asked({}, `?token=${TOKEN}`).expect(401);
    expect((await registry.loadState()).aliases.champion!.version).toBe(2);
    await asked({ authorization: `bearer ${TOKEN}` }).expect(200);
  });
});

test('two Authorization headers are refused, even when one is right', () => {
  const gate = new AdminGate(TOKEN, '127.0.0.1');
  const headersDistinct = { authorization: [`Bearer ${TOKEN}`, `Bearer ${TOKEN}`] };
  expect(() => gate.refuseStrangers({ headers: {}, headersDistinct } as never)).toThrow('missing or wrong');
});

test('without a token, only callers that name a loopback host are admitted', async () => {
  await withServing({}, async ({ url }) => {
    const asked = (host: string) => request(url).post(ROLLBACK).set('host', host).send({});
    for (const host of ['evil.example', 'evil.example:5000', '10.0.0.1', '127.0.0.1.evil.example'])
      expect((await asked(host).expect(403)).body.code).toBe('forbidden-host');
    for (const host of ['localhost:5000', '127.0.0.1', '[::1]:5000']) await asked(host).expect(200);
  });
});

test('without a token, callers behind a proxy are refused, and pages of other origins always', async () => {
  await withServing({}, async ({ url }) => {
    const asked = (headers: Record<string, string>) => request(url).post(ROLLBACK).set(headers).send({});
    for (const name of ['forwarded', 'via', 'x-real-ip', 'x-forwarded-for'])
      expect((await asked({ [name]: '10.0.0.1' }).expect(403)).body.code).toBe('forbidden-proxy');
    expect((await asked({ 'sec-fetch-site': 'cross-site' }).expect(403)).body.code).toBe('cross-site');
    await asked({}).expect(200);
  });
  await withServing({ adminToken: TOKEN }, async ({ url }) => {
    const asked = request(url).post(ROLLBACK).set('authorization', `Bearer ${TOKEN}`);
    await asked.set('x-forwarded-for', '10.0.0.1').send({}).expect(200);
  });
});

test('without a token and off loopback there are no admin routes, and the start logs it', async () => {
  const warned: string[] = [];
  const log = {
    info: () => undefined,
    warn: (code: string) => void warned.push(code),
    error: () => undefined,
  };
  await withServing({ host: '0.0.0.0', log }, async ({ port }) => {
    const url = `http://127.0.0.1:${port}`;
    for (const method of ['get', 'post', 'put'] as const) {
      await request(url)[method](ROLLBACK).expect(404);
      await request(url)[method]('/models/decisiontree/release').expect(404);
    }
    await request(url).put('/models/decisiontree/aliases/champion').expect(405).expect('allow', 'GET, HEAD');
    await request(url).get('/models/decisiontree/aliases/champion').expect(200);
  });
  expect(warned).toContain('admin-off');
});

test('loopback is 127.0.0.0/8, ::1 and localhost, and no similar name', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1', 'localhost'].every(isLoopback)).toBe(true);
  expect(['0.0.0.0', '::', '127.0.0.1.nip.io', '127', '10.0.0.1', 'example.com', ''].some(isLoopback)).toBe(
    false,
  );
});

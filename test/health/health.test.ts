import { Counter, Registry } from 'prom-client';
import { startHealth } from '../../services/health/health';

test('the health port of a role answers liveness, readiness and metrics', async () => {
  let ready = false;
  const metrics = new Registry();
  new Counter({ name: 'alder_rows_total', help: 'rows', registers: [metrics] }).inc(3);
  const health = await startHealth({
    host: '127.0.0.1',
    port: 0,
    isReady: () => ({ ready, detail: { role: 'standby' } }),
    metrics,
    settingName: 'ALDER_TRAINER_PORT',
  });
  const get = async (path: string, method = 'GET') => {
    const answer = await fetch(health.url + path, { method });
    return [answer.status, await answer.text()];
  };
  expect(await get('/livez')).toEqual([200, '{"live":true}']);
  expect(await get('/readyz')).toEqual([503, '{"ready":false,"role":"standby"}']);
  ready = true;
  expect(await get('/readyz')).toEqual([200, '{"ready":true,"role":"standby"}']);
  expect((await get('/metrics'))[1]).toContain('alder_rows_total 3');
  expect((await get('/metrics', 'POST'))[0]).toBe(405);
  expect((await get('/'))[0]).toBe(404);
  await health.stop();
});

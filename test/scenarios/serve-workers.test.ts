import { execFileSync } from 'node:child_process';
import { CHAMPION_PATH, GOOD_BODY, GOOD_REQUEST, jsonHead } from '../hostile/requests';
import { champions, type ServeProcess, startServeProcess } from '../hostile/serve-process';
import { eventually, useAlder } from '../support/alder-process';
import { exchange, RawClient } from '../support/raw-http';
import { irisTree } from '../support/stored-versions';

const WORKERS = 3;
const alder = useAlder();
let serve: ServeProcess;

beforeAll(async () => {
  serve = await startServeProcess(alder, { ALDER_WORKERS: String(WORKERS) });
  await serve.publisher.publish(irisTree());
  await champions(serve.port);
}, 60_000);

afterAll(() => serve.remove());

function workerIds(): number[] {
  const listed = execFileSync('pgrep', ['-P', String(serve.alder.pid)], { encoding: 'utf8' });
  return listed.trim().split('\n').map(Number);
}

async function readiness(): Promise<{ status: number; workers: { wanted: number; ready: number } }> {
  const answer = await fetch(`${serve.url}/readyz`);
  const { workers } = (await answer.json()) as { workers: { wanted: number; ready: number } };
  return { status: answer.status, workers };
}

/** Waits until every worker is there and serves the version. */
function allReady(): Promise<unknown> {
  return eventually(readiness, ({ status, workers }) => status === 200 && workers.ready === WORKERS);
}

test('every worker reports the readiness of all workers together', async () => {
  await allReady();
  expect((await readiness()).workers).toEqual({ wanted: WORKERS, ready: WORKERS });
  expect(workerIds()).toHaveLength(WORKERS);
}, 60_000);

test('a scrape counts the requests of all workers together', async () => {
  const scrape = async () => (await fetch(`${serve.url}/metrics`)).text();
  const counted = (text: string) =>
    Number(
      /alder_http_requests_total\{route="\/serve_decision_tree",status="200"\} (\d+)/.exec(text)?.[1] ?? 0,
    );
  const before = counted(await scrape());
  // New connections are distributed to the workers round-robin.
  for (let i = 0; i < 4 * WORKERS; i++) expect((await exchange(serve.port, GOOD_REQUEST))?.status).toBe(200);
  await eventually(scrape, (text) => counted(text) === before + 4 * WORKERS);
  const text = await scrape();
  expect(text).toContain(`alder_serving_processes ${WORKERS}`);
  expect(text).toContain('alder_served_version 1');
}, 60_000);

test('a worker killed under load loses only its own connections, and a new one replaces it', async () => {
  await allReady();
  const before = workerIds();
  const stop = new AbortController();
  const lost: number[] = [];
  const answered: number[] = [];
  const ask = async (client: RawClient) => {
    await client.write(GOOD_REQUEST);
    return client.answer();
  };
  const clients = Array.from({ length: 4 * WORKERS }, async (_, index) => {
    const client = new RawClient(serve.port);
    while (!stop.signal.aborted) {
      const answer = await ask(client);
      if (answer === null) {
        lost.push(index);
        break;
      }
      expect(answer.status).toBe(200);
      answered[index] = (answered[index] ?? 0) + 1;
    }
    client.destroy();
  });
  await eventually(
    async () => answered.filter((count) => count > 3).length,
    (asking) => asking === clients.length,
  );
  process.kill(before[0]!, 'SIGKILL');
  await serve.alder.line(/a worker ended \(SIGKILL\)/);
  await eventually(
    async () => workerIds(),
    (ids) => ids.length === WORKERS && !ids.includes(before[0]!),
  );
  await allReady();
  stop.abort();
  await Promise.all(clients);
  // Connections are distributed round-robin, so each worker has a third of these.
  expect(lost.length).toBeGreaterThan(0);
  expect(lost.length).toBeLessThanOrEqual(clients.length / WORKERS + 1);
}, 60_000);

test('SIGTERM lets every worker finish its open requests, and no process is left', async () => {
  await allReady();
  const workers = workerIds();
  const begun = Array.from({ length: 2 * WORKERS }, () => new RawClient(serve.port));
  const header = jsonHead([`Content-Length: ${GOOD_BODY.length}`, 'Expect: 100-continue'], CHAMPION_PATH);
  for (const client of begun) {
    await client.write(header);
    // From here on a worker waits for this body.
    await client.continued();
  }
  const ended = serve.alder.end('SIGTERM');
  // A connection that a worker refuses while the last worker closes stays with Node's primary until the primary ends.
  // Waiting for it would delay the requests whose bodies are still to be sent.
  const isRefused = () =>
    Promise.race([
      exchange(serve.port, GOOD_REQUEST).then((answer) => answer === null),
      new Promise<boolean>((resolve) => setTimeout(resolve, 500, false)),
    ]);
  await eventually(isRefused, Boolean);
  for (const client of begun) {
    await client.write(GOOD_BODY);
    const answer = await client.answer();
    expect([answer?.status, answer?.headers.connection]).toEqual([200, 'close']);
    client.destroy();
  }
  expect(await ended).toMatchObject({ status: 0 });
  for (const id of workers) expect(() => process.kill(id, 0)).toThrow();
}, 60_000);

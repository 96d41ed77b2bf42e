import { type AlderProcess, askUntil, postJson, useAlder } from '../support/alder-process';
import { IRIS_TREE_DIGEST } from '../support/iris-digest';
import { describeLive } from '../support/live';
import { livePlace, readWholeLog, type ScenarioPlace } from '../support/scenario-places';

const LAST_LINE = /^ {2}npx alder produce/;
const SEED_ROW = { data: [0.1, 1.1, 0.4, 0.8] };

describeLive('alder up on Kafka and Redis', (servers) => {
  const alder = useAlder();
  let place: ScenarioPlace;
  let up: AlderProcess;
  let firstPredictionMs: number;

  const start = () => alder.start(['up', '--port', '0'], { environment: place.environment });

  beforeAll(async () => {
    place = await livePlace(servers)();
    // Opened so that the model is deleted after the suite.
    await place.registry(place.topic);
    up = start();
    const url = await up.url();
    await askUntil(200, () => postJson(`${url}/serve_decision_tree`, SEED_ROW));
    firstPredictionMs = performance.now() - up.startedAtMs;
    await up.line(LAST_LINE);
  }, 60_000);

  afterAll(() => place.remove());

  test('the first line names the servers, and the first prediction comes within 3 s', () => {
    const { KAFKA_BROKERS, REDIS_URL } = place.environment;
    expect(up.stdout[0]).toContain(`Kafka ${KAFKA_BROKERS} · Redis ${REDIS_URL}`);
    expect(firstPredictionMs).toBeLessThan(3_000);
  });

  test('alder up on servers comes to the same tree as on the embedded log', () => {
    expect(up.stdout).toContain('all 150 rows are in; version 15 serves');
    expect(up.stdout).toContain(`tree ${IRIS_TREE_DIGEST}`);
    expect(up.stderr).toEqual([]);
  });

  test('the printed produce line leads a second terminal to the same servers and topic', () => {
    const { KAFKA_BROKERS, REDIS_URL } = place.environment;
    expect(up.stdout.at(-1)).toBe(
      `  npx alder produce data/iris.csv --kafka-brokers ${KAFKA_BROKERS} --redis-url ${REDIS_URL} --topic ${place.topic} --simulate 1 --rate 20`,
    );
  });

  test('every version replays', async () => {
    const { status } = await alder.run(['replay', 'all'], { environment: place.environment });
    expect(status).toBe(0);
  });

  test('Ctrl-C ends alder up within 2 s, and a second run tells the same end and sends no row twice', async () => {
    const beganMs = performance.now();
    expect((await up.end('SIGINT')).status).toBe(0);
    expect(performance.now() - beganMs).toBeLessThan(2_000);
    const again = start();
    await again.line(LAST_LINE);
    expect(again.stdout).toContain(`tree ${IRIS_TREE_DIGEST}`);
    expect(again.stdout.filter((line) => line.startsWith('rows '))).toEqual([]);
    expect((await again.end('SIGINT')).status).toBe(0);
    const rows = (await readWholeLog(place.log)).map(({ headers }) => Number(headers!['alder-row']));
    expect(rows).toEqual(Array.from({ length: 150 }, (_, row) => row));
  });
});

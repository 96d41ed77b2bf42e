import type { ModelRegistry } from '../../shared/model-registry/model-registry';
import { type AlderProcess, eventually, useAlder } from '../support/alder-process';
import { isAtEnd, newestRecord, type OpenPlace, type ScenarioPlace } from '../support/scenario-places';
import {
  appendRows,
  BAD,
  GOOD,
  healthOf,
  pausedMetric,
  rejectedOffsets,
  untilPaused,
} from './breaker-health';

const BAD_ROWS = 2_500;

/** A producer sends bad rows to one of two partitions; the suite checks what an operator sees. */
export function breakerSuite(open: OpenPlace): void {
  const alder = useAlder();
  let place: ScenarioPlace;
  let registry: ModelRegistry;

  beforeAll(async () => {
    place = await open(2);
    registry = await place.registry(place.topic);
    await append(0, GOOD, 100);
    await append(1, GOOD, 100);
    await append(0, BAD, BAD_ROWS);
  });

  afterAll(() => place.remove());

  const append = (partition: number, value: string, count: number) =>
    appendRows(place.log, partition, value, count);

  function train(...flags: string[]): AlderProcess {
    const settings = {
      ALDER_BATCH_WAIT_MS: '50',
      ALDER_LEASE_MS: '500',
      ALDER_TRAINER_PORT: '0',
      ALDER_LOG: 'json',
    };
    const environment = { ...place.environment, ...settings };
    return alder.start(['train', '--model', registry.model, ...flags], { environment });
  }

  test('an open breaker pauses its partition alone and shows in /readyz, a metric and a log line', async () => {
    const trainer = train();
    const health = await untilPaused(trainer);
    expect(health).toMatchObject({
      ready: false,
      role: 'active',
      code: 'breaker-open',
      paused: [{ partition: 0, position: 1_000, rejected: 900, rows: 1_000, reason: 'feature-count' }],
    });
    expect(await pausedMetric(trainer)).toBe('1');
    await append(1, GOOD, 50);
    const record = await eventually(
      () => newestRecord(registry),
      (newest) => newest?.lineage[1]?.next === '150',
    );
    expect(record!.lineage[0]).toMatchObject({ next: '1000', accepted: 100, rejected: 900 });
    expect((await trainer.end('SIGINT')).status).toBe(0);
    expect(await rejectedOffsets(place)).toEqual(Array.from({ length: 900 }, (_, i) => 100 + i));
  });

  test('a restarted trainer, also after a kill, pauses at the same offset and rejects no further row', async () => {
    for (const signal of ['SIGKILL', 'SIGINT'] as const) {
      const trainer = train();
      expect((await untilPaused(trainer)).paused).toMatchObject([{ partition: 0, position: 1_000 }]);
      expect((await trainer.end(signal)).signal).toBe(signal === 'SIGKILL' ? signal : null);
    }
    expect(new Set(await rejectedOffsets(place)).size).toBe(900);
  });

  test('the trainer resumes by itself, through the bad rows, once the producer sends good rows', async () => {
    const trainer = train();
    await untilPaused(trainer);
    await append(0, GOOD, 600);
    await trainer.line(/"code":"breaker-closed"/);
    await eventually(
      async () => isAtEnd(await newestRecord(registry), place.log),
      (isDone) => isDone,
    );
    expect(await healthOf(trainer)).toMatchObject({ status: 200, ready: true });
    expect(await pausedMetric(trainer)).toBe('0');
    expect((await newestRecord(registry))!.lineage[0]).toMatchObject({ accepted: 700, rejected: BAD_ROWS });
    expect((await trainer.end('SIGINT')).status).toBe(0);
  });

  test('a trainer with --skip-breaker reads through the bad rows and rejects each', async () => {
    await append(0, BAD, BAD_ROWS);
    const paused = train();
    await untilPaused(paused);
    expect((await paused.end('SIGINT')).status).toBe(0);

    const skipping = train('--skip-breaker');
    await skipping.line(/"code":"active"/);
    await append(0, GOOD, 1);
    await eventually(
      async () => isAtEnd(await newestRecord(registry), place.log),
      (isDone) => isDone,
    );
    expect(await healthOf(skipping)).toMatchObject({ status: 200, ready: true });
    expect((await skipping.end('SIGINT')).status).toBe(0);
    expect((await newestRecord(registry))!.lineage[0]).toMatchObject({
      accepted: 701,
      rejected: 2 * BAD_ROWS,
    });
    expect(new Set(await rejectedOffsets(place)).size).toBe(2 * BAD_ROWS);
  });
}

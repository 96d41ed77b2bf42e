import type { ModelRegistry } from '../../shared/model-registry/model-registry';
import { APPEND_MESSAGES_MAX } from '../../shared/row-log/row-log';
import { type AlderProcess, eventually, useAlder } from '../support/alder-process';
import {
  isAtEnd,
  newestRecord,
  type OpenPlace,
  readWholeLog,
  type ScenarioPlace,
} from '../support/scenario-places';

const GOOD = '{"data":[5.1,3.5,1.4,0.2],"label":"setosa"}';
const BAD = '{"data":[5.1,3.5,1.4],"label":"setosa"}';
const BAD_ROWS = 2_500;

interface Health {
  readonly status: number;
  readonly ready: boolean;
  readonly code?: string;
  readonly paused?: readonly { readonly partition: number; readonly position: number }[];
}

/** A producer that goes wrong on one of two partitions, as an operator sees it. */
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

  async function append(partition: number, value: string, count: number): Promise<void> {
    for (let sent = 0; sent < count; sent += APPEND_MESSAGES_MAX) {
      const messages = Array(Math.min(APPEND_MESSAGES_MAX, count - sent)).fill({ value });
      await place.log.append(partition, messages);
    }
  }

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

  async function healthOf(trainer: AlderProcess): Promise<Health> {
    const answer = await fetch(`${healthUrl(trainer)}/readyz`);
    return { status: answer.status, ...((await answer.json()) as Omit<Health, 'status'>) };
  }

  async function pausedMetric(trainer: AlderProcess): Promise<string | undefined> {
    const text = await (await fetch(`${healthUrl(trainer)}/metrics`)).text();
    return /^alder_partitions_paused (\d+)$/m.exec(text)?.[1];
  }

  function healthUrl({ stderr }: AlderProcess): string {
    return /http:\/\/[^"\s]+/.exec(stderr.join('\n'))![0];
  }

  const untilPaused = async (trainer: AlderProcess) => {
    await trainer.line(/"code":"breaker-open"/);
    return eventually(
      () => healthOf(trainer),
      ({ status }) => status === 503,
    );
  };

  const rejectedOffsets = async () =>
    (await readWholeLog(await place.rejectedLog())).map(({ headers }) => Number(headers!['alder-offset']));

  test('the partition pauses; /readyz, a metric and a log line say so; the other partition is read on', async () => {
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
    expect(await rejectedOffsets()).toEqual(Array.from({ length: 900 }, (_, i) => 100 + i));
  });

  test('a restart, also after a kill, comes to the same place and rejects no further row', async () => {
    for (const signal of ['SIGKILL', 'SIGINT'] as const) {
      const trainer = train();
      expect((await untilPaused(trainer)).paused).toMatchObject([{ partition: 0, position: 1_000 }]);
      expect((await trainer.end(signal)).signal).toBe(signal === 'SIGKILL' ? signal : null);
    }
    expect(new Set(await rejectedOffsets()).size).toBe(900);
  });

  test('once its producer is mended the trainer goes on by itself, through the bad rows', async () => {
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

  test('--skip-breaker reads on through bad rows and rejects each', async () => {
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
    expect(new Set(await rejectedOffsets()).size).toBe(2 * BAD_ROWS);
  });
}

import type { ModelRegistry } from '../../shared/model-registry/model-registry';
import { type AlderProcess, eventually, useAlder } from '../support/alder-process';
import { isAtEnd, newestRecord, type OpenPlace, type ScenarioPlace } from '../support/scenario-places';
import { appendRows, BAD, GOOD, healthOf, rejectedOffsets, untilPaused } from './breaker-health';

const BAD_ROWS = 2_000;
/** More than half of the thousand rows at the log's end. */
const GOOD_ROWS = 600;

/** A topic that has only bad rows at first and good rows later. */
export function onlyBadSuite(open: OpenPlace): void {
  const alder = useAlder();
  let place: ScenarioPlace;
  let registry: ModelRegistry;

  beforeAll(async () => {
    place = await open();
    registry = await place.registry(place.topic);
    await appendRows(place.log, 0, BAD, BAD_ROWS);
  });

  afterAll(() => place.remove());

  function train(): AlderProcess {
    const settings = { ALDER_BATCH_WAIT_MS: '50', ALDER_LEASE_MS: '500', ALDER_TRAINER_PORT: '0' };
    const environment = { ...place.environment, ...settings };
    return alder.start(['train', '--model', registry.model, '--log', 'json'], { environment });
  }

  const wasRead = (rows: number) => new Set(Array.from({ length: rows }, (_, offset) => offset));

  test('a topic of only bad rows pauses after a thousand rows without a version, and each restart pauses at the same offset', async () => {
    for (const signal of ['SIGKILL', 'SIGINT'] as const) {
      const trainer = train();
      expect(await untilPaused(trainer)).toMatchObject({
        code: 'breaker-open',
        paused: [{ partition: 0, position: 1_000, rejected: 1_000, rows: 1_000 }],
      });
      expect(await newestRecord(registry)).toBeNull();
      await trainer.end(signal);
    }
    // Without a version every start reads from the beginning, so each row is rejected again.
    const offsets = await rejectedOffsets(place);
    expect(new Set(offsets)).toEqual(wasRead(1_000));
    expect(offsets).toHaveLength(2_000);
  });

  test('a topic that turns good resumes by itself, and version 1 counts every row', async () => {
    const trainer = train();
    await untilPaused(trainer);
    await appendRows(place.log, 0, GOOD, GOOD_ROWS);
    await trainer.line(/"code":"breaker-closed"/);
    await eventually(
      async () => isAtEnd(await newestRecord(registry), place.log),
      (isDone) => isDone,
    );
    expect(await healthOf(trainer)).toMatchObject({ status: 200, ready: true });
    expect((await newestRecord(registry))!.lineage[0]).toMatchObject({
      start: '0',
      accepted: GOOD_ROWS,
      rejected: BAD_ROWS,
    });
    expect(new Set(await rejectedOffsets(place))).toEqual(wasRead(BAD_ROWS));
    expect((await trainer.end('SIGINT')).status).toBe(0);
  });
}

import type { ModelRegistry } from '../../shared/model-registry/model-registry';
import { type AlderProcess, eventually, useAlder } from '../support/alder-process';
import { isAtEnd, newestRecord, type ScenarioPlace } from '../support/scenario-places';
import { lineOf, shuffledIris } from './iris-rows';

const LINES = shuffledIris(3).map(lineOf);
const STOPPED = /\(registry-regressed\)$/;

/** A place whose registry can be emptied, as by FLUSHALL, or restored to an earlier state. */
export interface RegressingPlace extends ScenarioPlace {
  empty(): Promise<void>;
  /** Takes a backup of the registry; the returned function restores it. */
  remember(): Promise<() => Promise<void>>;
}

/** A registry loses published versions while its trainer runs or is stopped. */
export function registryRegressedSuite(open: () => Promise<RegressingPlace>): void {
  const alder = useAlder();
  let place: RegressingPlace;

  beforeEach(async () => {
    place = await open();
  });

  afterEach(() => place.remove());

  function train(...flags: string[]): AlderProcess {
    const settings = { ALDER_BATCH_WAIT_MS: '50', ALDER_LEASE_MS: '500', ALDER_TRAINER_PORT: '0' };
    return alder.start(['train', '--model', place.topic, ...flags], {
      environment: { ...place.environment, ...settings },
    });
  }

  async function append(count: number): Promise<void> {
    await place.log.append(
      0,
      LINES.slice(0, count).map((value) => ({ value })),
    );
  }

  async function untilAtEnd(registry: ModelRegistry): Promise<number> {
    await eventually(
      async () => isAtEnd(await newestRecord(registry), place.log),
      (isDone) => isDone,
    );
    return (await newestRecord(registry))!.version;
  }

  /** Trains one version on the first ten rows and stops the trainer. */
  async function trainOnce(): Promise<ModelRegistry> {
    const registry = await place.registry(place.topic);
    await append(10);
    const trainer = train();
    await untilAtEnd(registry);
    expect((await trainer.end('SIGINT')).status).toBe(0);
    return registry;
  }

  async function expectRefusal(trainer: AlderProcess): Promise<void> {
    const { status, stderr } = await trainer.exited;
    expect(status).toBe(1);
    expect(stderr).toContainEqual(expect.stringMatching(STOPPED));
    expect(stderr.at(-1)).toContain('--accept-registry');
  }

  test('a registry emptied while no trainer runs stops the next trainer until the loss is accepted', async () => {
    await trainOnce();
    await place.empty();
    const emptied = await place.registry(place.topic);
    expect((await emptied.loadState()).newest).toBeNull();

    await expectRefusal(train());
    expect((await emptied.loadState()).newest).toBeNull();

    const accepting = train('--accept-registry');
    expect(await untilAtEnd(emptied)).toBe(1);
    expect((await accepting.end('SIGINT')).status).toBe(0);

    await append(5);
    const next = train();
    expect(await untilAtEnd(emptied)).toBe(2);
    expect((await next.end('SIGINT')).status).toBe(0);
  });

  test('a registry emptied during training stops the trainer before a second version 1', async () => {
    const registry = await place.registry(place.topic);
    await append(10);
    const trainer = train();
    await untilAtEnd(registry);
    await place.empty();
    await append(5);
    await expectRefusal(trainer);
    expect(await registry.listVersions()).toEqual([]);
  });

  test('a registry restored from an older state stops the next trainer, and no number is published twice', async () => {
    const registry = await trainOnce();
    const goBack = await place.remember();
    const { newest } = await registry.loadState();
    await append(10);
    const trainer = train();
    expect(await untilAtEnd(registry)).toBeGreaterThan(newest!.version);
    expect((await trainer.end('SIGINT')).status).toBe(0);
    await goBack();
    expect((await registry.loadState()).newest).toEqual(newest);

    await expectRefusal(train());
    expect((await registry.loadState()).newest).toEqual(newest);
  });
}

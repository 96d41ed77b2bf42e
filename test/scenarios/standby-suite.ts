import type { ModelRegistry } from '../../shared/model-registry/model-registry';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import { type AlderProcess, eventually, useAlder } from '../support/alder-process';
import { isAtEnd, newestRecord, type OpenPlace, type ScenarioPlace } from '../support/scenario-places';
import { lineOf, shuffledIris } from './iris-rows';

const LEASE_MS = 1_000;
/** Time for a take-over beyond the lease: noticing that the lease expired, and reading the window again. */
const TAKE_OVER_MS = 2_000;
const LINES = shuffledIris(11).map(lineOf);

const ACTIVE = /training, from version/;
const STANDBY = /holds the lease; standing by/;

/** Two trainers on one model: one is active, the other stands by. */
export function standbySuite(open: OpenPlace): void {
  const alder = useAlder();
  let place: ScenarioPlace;
  let models = 0;

  beforeAll(async () => {
    place = await open();
  });

  afterAll(() => place.remove());

  interface Pair {
    readonly registry: ModelRegistry;
    readonly active: AlderProcess;
    readonly standby: AlderProcess;
  }

  /** Starts two trainers of a new model and waits until one is active, with all rows so far in a version. */
  async function startPair(): Promise<Pair> {
    const registry = await place.registry(`${place.topic}-${++models}`);
    const settings = { ALDER_LEASE_MS: String(LEASE_MS), ALDER_BATCH_WAIT_MS: '50', ALDER_TRAINER_PORT: '0' };
    const start = () =>
      alder.start(['train', '--model', registry.model], {
        environment: { ...place.environment, ...settings },
      });
    const active = start();
    await active.line(ACTIVE);
    const standby = start();
    await standby.line(STANDBY);
    await appendRows(10);
    await untilAtEnd(registry);
    return { registry, active, standby };
  }

  async function endPair({ active, standby }: Pair): Promise<void> {
    await Promise.all([active.end('SIGKILL'), standby.end('SIGINT')]);
  }

  async function appendRows(count: number): Promise<void> {
    await place.log.append(
      0,
      LINES.slice(0, count).map((value) => ({ value })),
    );
  }

  async function untilAtEnd(registry: ModelRegistry): Promise<void> {
    await eventually(
      async () => isAtEnd(await newestRecord(registry), place.log),
      (isDone) => isDone,
    );
  }

  async function roleOf(trainer: AlderProcess): Promise<{ status: number; role: string }> {
    const answer = await fetch(`${await trainer.url()}/readyz`);
    return { status: answer.status, ...((await answer.json()) as { role: string }) };
  }

  async function recordsOf(registry: ModelRegistry): Promise<VersionRecord[]> {
    const texts = (await registry.listVersions()).map((version) => registry.loadRecord(version));
    return (await Promise.all(texts)).map((text) => JSON.parse(text!) as VersionRecord);
  }

  /** Expects that every row counts once and that every version replays. */
  async function expectWholeHistory(registry: ModelRegistry): Promise<void> {
    const records = await recordsOf(registry);
    const { end } = (await place.log.bounds())[0]!;
    expect(records.map(({ version }) => version)).toEqual(records.map((_, i) => i + 1));
    expect(records.at(-1)!.lineage[0]).toMatchObject({
      start: '0',
      next: String(end),
      messages: end,
      accepted: end,
      rejected: 0,
      skipped: 0,
    });
    const batches = records.map(({ lineage }) => [lineage[0]!.batchFrom, lineage[0]!.next]);
    expect(batches.slice(1).map(([from]) => from)).toEqual(batches.slice(0, -1).map(([, next]) => next));
    const { status } = await alder.run(['replay', 'all', '--model', registry.model], {
      environment: place.environment,
    });
    expect(status).toBe(0);
  }

  test('both trainers are ready, and the standby resumes within the lease and 2 s when the active one is killed', async () => {
    const pair = await startPair();
    const { registry, active, standby } = pair;
    expect(await roleOf(active)).toEqual({ status: 200, ready: true, role: 'active' });
    expect(await roleOf(standby)).toEqual({ status: 200, ready: true, role: 'standby' });
    await appendRows(5);
    const { signal } = await active.end('SIGKILL');
    const deadAtMs = performance.now();
    expect(signal).toBe('SIGKILL');
    await standby.line(ACTIVE);
    expect(performance.now() - deadAtMs).toBeLessThan(LEASE_MS + TAKE_OVER_MS);
    await appendRows(5);
    await untilAtEnd(registry);
    expect((await newestRecord(registry))!.trainer.epoch).toBe(2);
    expect(await roleOf(standby)).toMatchObject({ role: 'active' });
    await expectWholeHistory(registry);
    await endPair(pair);
  });

  test('an active trainer paused past its lease is fenced when it wakes up, and stands by', async () => {
    const pair = await startPair();
    const { registry, active, standby } = pair;
    await place.pause(active.pid);
    // These rows wait in its socket or in the folder, so the trainer finds them first when it wakes up.
    await appendRows(20);
    await standby.line(ACTIVE);
    expect((await registry.loadState()).lease).toMatchObject({ epoch: 2 });
    await untilAtEnd(registry);
    expect(active.stderr.filter((line) => /another trainer/.test(line))).toEqual([]);
    process.kill(active.pid, 'SIGCONT');
    // The trainer may read the lease first, or complete the publish during which it was stopped.
    await active.line(/the lease went to another trainer|another trainer is ahead \(fenced\)/);
    const role = await eventually(
      () => roleOf(active),
      (found) => found.role === 'standby',
    );
    expect(role.status).toBe(200);
    await appendRows(10);
    await untilAtEnd(registry);
    const epochs = (await recordsOf(registry)).map(({ trainer }) => trainer.epoch);
    expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
    expect(new Set(epochs)).toEqual(new Set([1, 2]));
    expect((await registry.loadState()).lease).toMatchObject({ epoch: 2 });
    await expectWholeHistory(registry);
    await endPair(pair);
  });

  test('a refit request made while the active trainer cannot answer is answered by the standby', async () => {
    const pair = await startPair();
    const { registry, active } = pair;
    await place.pause(active.pid);
    await appendRows(3);
    const ticket = await registry.askForRefit();
    const { requested, answered } = await registry.loadState();
    expect([requested, answered]).toEqual([ticket, null]);
    expect((await active.end('SIGKILL')).signal).toBe('SIGKILL');
    const answer = await eventually(
      async () => (await registry.loadState()).answered,
      (found) => (found?.upTo ?? 0) >= ticket,
    );
    expect(answer).toMatchObject({ upTo: ticket, version: (await newestRecord(registry))!.version });
    expect(await isAtEnd(await newestRecord(registry), place.log)).toBe(true);
    await expectWholeHistory(registry);
    await endPair(pair);
  });
}

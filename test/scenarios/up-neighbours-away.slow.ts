import { EventEmitter } from 'node:events';
import type { Serving } from '../../services/serving/server/serving';
import { finalRefit, untilServed } from '../../services/standalone/last-rows';
import { runStandalone, type StandaloneEvents } from '../../services/standalone/standalone';
import { inlineFitter } from '../../services/trainer/fit/fitter';
import { engineByName } from '../../shared/engine/engines';
import { AlderError } from '../../shared/errors';
import { CHAMPION } from '../../shared/model-registry/aliases';
import { systemClock } from '../../shared/runtime/clock';
import { type Log, silentLog } from '../../shared/runtime/log';
import { resolveSettings } from '../../shared/settings/settings';
import { sourceOf } from '../producer/rows-support';
import { postJson } from '../support/alder-process';
import { ManualClock } from '../support/manual-clock';
import { MemoryModelRegistry } from '../support/memory-model-registry';
import { MemoryRowLog } from '../support/memory-row-log';
import { IRIS_SCHEMA } from '../support/pipeline';

const ROW = { features: [5.1, 3.5, 1.4, 0.2], label: 'setosa' };
const ROWS = 20;
const away = (what: 'registry' | 'log') => new AlderError(`${what}-unavailable`, `the ${what} is away`);

function listening(): { readonly log: Log; readonly warnings: string[] } {
  const warnings: string[] = [];
  return { warnings, log: { ...silentLog, warn: (_, message) => void warnings.push(message) } };
}

describe('all roles in one process', () => {
  let log: MemoryRowLog;
  let registry: MemoryModelRegistry;

  beforeEach(() => {
    log = MemoryRowLog.open();
    registry = new MemoryModelRegistry();
  });

  afterEach(async () => {
    await registry.close();
    await log.close();
  });

  /** Runs all roles on twenty rows until a version has learned them; returns the announcements and the answer to a request. */
  async function run(warn: Log, onProduced: NonNullable<StandaloneEvents['onProduced']> = () => undefined) {
    const stopping = new AbortController();
    const settings = resolveSettings({ port: 0, batchRows: 5, batchRowsMax: 5, holdoutShare: 0 }, {});
    const engine = engineByName('exact');
    let serving: Serving | null = null;
    let told: { served: number | null; answered: Promise<{ version: number }> } | null = null;
    const running = runStandalone(
      {
        trainer: {
          ...{ rowLog: log, registry, mirror: null, schema: IRIS_SCHEMA, settings, engine },
          ...{ fitter: inlineFitter(engine), trainerId: 'trainer-a', codeVersion: 'test' },
          ...{ clock: systemClock, log: warn, events: new EventEmitter() },
        },
        serving: { ...settings, registry, clock: systemClock, log: silentLog },
        producer: {
          ...{ log, rows: sourceOf(Array(ROWS).fill(ROW)), schema: IRIS_SCHEMA, ratePerSecond: null },
          ...{ rowsPerMessage: 1, resume: true, clock: systemClock },
          retry: { attemptsMax: 2, waitMsMin: 1, waitMsMax: 1 },
        },
        events: {
          onServing: (started) => {
            serving = started;
          },
          onProduced,
          onLearned: (_, served) => {
            const request = postJson(`${serving!.url}/serve_decision_tree`, { data: ROW.features });
            const answered = request.then(async (answer) => (await answer.json()) as { version: number });
            told = { served, answered };
            void answered.finally(() => stopping.abort());
          },
        },
      },
      stopping.signal,
    );
    await running;
    const { served, answered } = told!;
    return { served, answered: (await answered).version };
  }

  test('a registry that is away when all rows are sent ends nothing and is retried until it answers', async () => {
    const { log: listener, warnings } = listening();
    const ask = registry.askForRefit.bind(registry);
    let asked = 0;
    registry.askForRefit = async () => {
      asked++;
      if (asked <= 3) throw away('registry');
      return ask();
    };
    const { served, answered } = await run(listener);
    expect(asked).toBe(4);
    expect(warnings.filter((line) => line.startsWith('the last refit waits for the registry'))).toHaveLength(
      1,
    );
    expect(served).toBe(answered);
    expect(registry.stored.has(served!)).toBe(true);
  });

  test('a log that is away for longer than the producer retries ends nothing, and no row is sent twice', async () => {
    const { log: listener, warnings } = listening();
    let refused = 0;
    log.beforeAppend = () => {
      refused++;
      if (refused <= 5) throw away('log');
    };
    const { served, answered } = await run(listener);
    expect(warnings.filter((line) => line.startsWith('sending rows is interrupted')).length).toBeGreaterThan(
      0,
    );
    expect(served).toBe(answered);
    const rows = log.messages(0).map(({ headers }) => Number(headers!['alder-row']));
    expect(rows).toEqual(Array.from({ length: ROWS }, (_, row) => row));
  });

  test('an error that no retry can help ends the process with its cause', async () => {
    log.beforeAppend = () => {
      throw new AlderError('log-forbidden', 'kafka: appending is forbidden');
    };
    await expect(run(silentLog)).rejects.toMatchObject({ code: 'log-forbidden' });
  });
});

describe('the last refit', () => {
  test('the last refit is requested twice a second, and a stop ends the requests', async () => {
    const clock = new ManualClock();
    const registry = new MemoryModelRegistry('decisiontree', { clock });
    registry.isAway = true;
    const stopping = new AbortController();
    const refit = finalRefit({ registry, clock, log: silentLog }, stopping.signal);
    await clock.advance(10_000);
    expect(registry.calls.askForRefit).toBe(21);
    stopping.abort();
    expect(await refit).toBeNull();
  });

  test('the answer to the last refit is awaited without a limit', async () => {
    const clock = new ManualClock();
    const registry = new MemoryModelRegistry('decisiontree', { clock });
    let isAnswered = false;
    const { signal } = new AbortController();
    const refit = finalRefit({ registry, clock, log: silentLog }, signal).finally(() => {
      isAnswered = true;
    });
    await clock.advance(3_600_000);
    expect(isAnswered).toBe(false);
    registry.change({ answered: { upTo: 1, version: 7, outcome: 'unchanged' } });
    await clock.advance(1_000);
    expect((await refit)?.answered).toMatchObject({ version: 7 });
  });
});

describe('the version that is said to serve', () => {
  const { signal } = new AbortController();

  /** Waits for a champion of version 3 while this process answers with `serving`. */
  async function waiting(serving: { champion: { version: number } | null }) {
    const clock = new ManualClock();
    const registry = new MemoryModelRegistry();
    registry.change({ aliases: { [CHAMPION]: { version: 3, revision: 1, held: false } } });
    const state = await registry.loadState();
    const told: (number | null)[] = [];
    // `untilServed` reads only the version of a served model.
    const models = serving as Parameters<typeof untilServed>[0];
    void untilServed(models, state, clock, signal).then((version) => told.push(version));
    await clock.advance(0);
    return { clock, told };
  }

  test.each([3, 4])(
    'the served version is given at once when this process answers with version %i already',
    async (version) => {
      expect((await waiting({ champion: { version } })).told).toEqual([version]);
    },
  );

  test('the served version is not given before this process answers with it', async () => {
    const serving: { champion: { version: number } | null } = { champion: null };
    const { clock, told } = await waiting(serving);
    await clock.advance(5_000);
    serving.champion = { version: 2 };
    await clock.advance(1_000);
    expect(told).toEqual([]);
    serving.champion = { version: 3 };
    await clock.advance(20);
    expect(told).toEqual([3]);
  });

  test('the served version is the one that really answers when the champion is not served for ten seconds', async () => {
    const { clock, told } = await waiting({ champion: { version: 2 } });
    await clock.advance(10_000);
    expect(told).toEqual([2]);
  });
});

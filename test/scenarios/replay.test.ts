import { engineOfLabel, type Replay, replayVersion } from '../../services/trainer/resume/replay';
import { ENGINE_NAMES } from '../../shared/engine/engine';
import { engineByName } from '../../shared/engine/engines';
import { sealRecord, type VersionRecord } from '../../shared/model-registry/version-record';
import { describeLive } from '../support/live';
import { IRIS_SCHEMA, type Pipeline, type SettingChanges, withPipeline } from '../support/pipeline';
import { embeddedBackend, liveBackend, type TestBackend } from '../support/pipeline-backends';
import { inMessages, lineOf, shareOf, shuffledIris } from './iris-rows';

function replaySuite(backend: TestBackend): void {
  describe(`replay: ${backend.name}`, () => {
    test.each(ENGINE_NAMES.flatMap((engine) => [1, 4].map((partitions) => ({ engine, partitions }))))(
      'every version of $engine over $partitions partition(s) replays to its record',
      async ({ engine, partitions }) => {
        // The window slides, and a mini-batch may be larger than a partition's quota.
        await withRun(backend, partitions, { engine, windowRows: 40 }, async (pipeline, run) => {
          expect(run.length).toBeGreaterThan(4);
          for (const record of run) {
            const replay = await replayed(pipeline, record);
            expect(replay.checks.filter(({ equal }) => !equal)).toEqual([]);
            expect(replay.checks.map(({ what }) => what)).toEqual(
              expect.arrayContaining(['rows', 'counts', 'tree', 'batch', 'holdout', 'promotion']),
            );
            expect(replay.skipped).toEqual([]);
          }
        });
      },
    );
  });
}

replaySuite(embeddedBackend);

describeLive('on servers', (servers) => replaySuite(liveBackend(servers)));

test('a record with another tree digest, sealed anew, is reported for its tree only', async () => {
  await withRun(embeddedBackend, 1, {}, async (pipeline, run) => {
    const newest = run.at(-1)!;
    const forged = resealed(newest, { tree: { ...newest.tree, digest: 'ab'.repeat(32) } });
    const { checks } = await replayed(pipeline, forged);
    const differing = checks.filter(({ equal }) => !equal);
    expect(differing).toEqual([
      { what: 'tree', recorded: 'ab'.repeat(32), replayed: newest.tree.digest, equal: false },
    ]);
  });
});

test('a record with a window that is one message longer is reported for its rows', async () => {
  await withRun(embeddedBackend, 1, { windowRows: 40 }, async (pipeline, run) => {
    const newest = run.at(-1)!;
    const [lineage] = newest.lineage;
    const windowFrom = String(Number(lineage!.windowFrom) - 1);
    const forged = resealed(newest, { lineage: [{ ...lineage!, windowFrom }] });
    const { checks } = await replayed(pipeline, forged);
    expect(checks.filter(({ equal }) => !equal).map(({ what }) => what)).toEqual(
      expect.arrayContaining(['rows', 'counts']),
    );
  });
});

test('a record that names a parent with another digest than the stored one is reported', async () => {
  await withRun(embeddedBackend, 1, {}, async (pipeline, run) => {
    const newest = run.at(-1)!;
    const parent = { version: newest.parent!.version, recordDigest: 'cd'.repeat(32) };
    const { checks } = await replayed(pipeline, resealed(newest, { parent }));
    expect(checks.filter(({ equal }) => !equal)).toEqual([
      { what: 'parent', recorded: 'cd'.repeat(32), replayed: newest.parent!.recordDigest, equal: false },
    ]);
  });
});

test('a version whose parent and champion are retired is compared without the fields that need them', async () => {
  await withRun(embeddedBackend, 1, { keepVersions: 1 }, async (pipeline, run) => {
    // Retention keeps the newest version and the previous champion; the parent and champion of the second newest are deleted.
    const older = run.at(0)!;
    expect(run.map(({ version }) => version)).toEqual([older.version, older.version + 1]);
    const { checks, skipped } = await replayed(pipeline, older);
    expect(checks.filter(({ equal }) => !equal)).toEqual([]);
    expect(checks.map(({ what }) => what)).toEqual(['rows', 'counts', 'tree']);
    expect(skipped).toHaveLength(2);
  });
});

test('a replay with another schema is refused by name', async () => {
  await withRun(embeddedBackend, 1, {}, async (pipeline, run) => {
    const schema = { ...IRIS_SCHEMA, extraFields: 'ignore' as const };
    await expect(replayVersion({ ...contextOf(pipeline), schema }, run[0]!)).rejects.toMatchObject({
      code: 'schema-differs',
    });
  });
});

test('a replay with another behaviour number of the engine is refused by name', async () => {
  await withRun(embeddedBackend, 1, {}, async (pipeline, run) => {
    const forged = resealed(run[0]!, { settings: { ...run[0]!.settings, engine: 'exact/2' } });
    await expect(replayed(pipeline, forged)).rejects.toMatchObject({ code: 'replay-differs' });
  });
});

/** Trains on the Iris rows, two rows a message, in mini-batches of 20. */
async function withRun(
  backend: TestBackend,
  partitions: number,
  settings: SettingChanges,
  use: (pipeline: Pipeline, run: readonly VersionRecord[]) => Promise<void>,
): Promise<void> {
  const changes = { batchRows: 20, batchRowsMax: 20, ...settings };
  await withPipeline(backend, { partitions, settings: changes }, async (pipeline) => {
    const messages = inMessages(shuffledIris(21).map(lineOf), 2);
    for (let p = 0; p < partitions; p++) await pipeline.append(p, shareOf(messages, p, partitions));
    const trainer = pipeline.startTrainer();
    await pipeline.refit();
    await trainer.stop();
    await use(pipeline, await pipeline.records());
  });
}

function contextOf({ rowLog, registry }: Pipeline) {
  const engines = ENGINE_NAMES.map(engineByName);
  return {
    rowLog,
    registry,
    schema: IRIS_SCHEMA,
    engineNamed: (label: string) => engineOfLabel(label, engines),
  };
}

function replayed(pipeline: Pipeline, record: VersionRecord): Promise<Replay> {
  return replayVersion(contextOf(pipeline), record);
}

/** The record with changed fields and a new record digest that matches them. */
function resealed(record: VersionRecord, changes: Partial<VersionRecord>): VersionRecord {
  const { format: _, recordDigest: __, ...fields } = { ...record, ...changes };
  return sealRecord(fields).record;
}

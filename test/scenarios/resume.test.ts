import fc from 'fast-check';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import type { RowLog } from '../../shared/row-log/row-log';
import { type Clock, systemClock } from '../../shared/runtime/clock';
import { MemoryRowLog } from '../support/memory-row-log';
import { IRIS_SCHEMA, type Pipeline, withPipeline } from '../support/pipeline';
import { embeddedBackend, memoryBackend } from '../support/pipeline-backends';
import { inMessages, lineOf, shareOf, shuffledIris } from './iris-rows';

const LINES = shuffledIris(41).map(lineOf);

describe('stopped and started again', () => {
  test('the version at the end of the log is the same for all cuts and restarts', async () => {
    const partitions = 3;
    const messages = inMessages(LINES, 4);
    const shares = Array.from({ length: partitions }, (_, p) => shareOf(messages, p, partitions));
    const run = async (sessions: readonly Session[]) => {
      let newest: VersionRecord | null = null;
      const settings = { windowRows: 50 };
      await withPipeline(embeddedBackend, { partitions, settings }, async (pipeline) => {
        let sent = 0;
        for (const { until, batchRows } of sessions) {
          const to = Math.max(sent, until);
          for (const [p, share] of shares.entries()) await pipeline.append(p, share.slice(sent, to));
          sent = to;
          const trainer = pipeline.startTrainer({ settings: { batchRows, batchRowsMax: batchRows } });
          await pipeline.refit();
          await trainer.stop();
        }
        newest = (await pipeline.records()).at(-1)!;
      });
      const { rows, tree, lineage } = newest!;
      const windows = lineage.map(({ windowFrom, next, accepted }) => [windowFrom, next, accepted]);
      return { rows: rows.digest, tree: tree.digest, windows };
    };
    const whole = await run([{ until: 13, batchRows: 150 }]);
    const session = fc.record({
      until: fc.integer({ min: 1, max: 13 }),
      batchRows: fc.integer({ min: 1, max: 60 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(session, { maxLength: 3 }), async (sessions) => {
        expect(await run([...sessions, { until: 13, batchRows: 25 }])).toEqual(whole);
      }),
      { numRuns: 8, seed: 1 },
    );
  });

  test('a restarted trainer resumes with the number, the ledger and the running score of the newest version', async () => {
    await withPipeline(embeddedBackend, {}, async (pipeline) => {
      const before = await trainOn(pipeline, LINES.slice(0, 40));
      const after = await trainOn(pipeline, [...LINES.slice(40, 60), 'not a row']);
      expect(after.parent).toEqual({ version: before.version, recordDigest: before.recordDigest });
      expect(after.lineage[0]).toMatchObject({ start: '0', batchFrom: '40', messages: 61, rejected: 1 });
      expect(after.evaluation.prequential.rows).toBe(before.evaluation.prequential.rows + 20);
    });
  });

  test('rows that arrived while no trainer ran are read from the end of the newest version', async () => {
    await withPipeline(embeddedBackend, { partitions: 2 }, async (pipeline) => {
      await trainOn(pipeline, LINES.slice(0, 10));
      await pipeline.append(1, LINES.slice(10, 30));
      const newest = await trainOn(pipeline, LINES.slice(30, 35));
      expect(newest.lineage.map(({ next }) => next)).toEqual(['15', '20']);
      expect(newest.rows.window).toBe(35);
    });
  });
});

describe('refusing to go on', () => {
  test('a trainer with another schema than version 1 refuses to resume', async () => {
    await withPipeline(embeddedBackend, {}, async (pipeline) => {
      await trainOn(pipeline, LINES.slice(0, 10));
      const trainer = pipeline.startTrainer({ schema: { ...IRIS_SCHEMA, extraFields: 'ignore' } });
      await expect(trainer.ended).rejects.toMatchObject({ code: 'schema-differs' });
      expect((await pipeline.registry.loadState()).lease!.holder).toBe('');
    });
  });

  test('a trainer with another holdout share than version 1 refuses to resume', async () => {
    await withPipeline(embeddedBackend, {}, async (pipeline) => {
      await trainOn(pipeline, LINES.slice(0, 10));
      const trainer = pipeline.startTrainer({ settings: { holdoutShare: 0.25 } });
      await expect(trainer.ended).rejects.toMatchObject({
        code: 'holdout-differs',
        message: expect.stringMatching(/0\.2 .*0\.25/),
      });
    });
  });

  test('a trainer refuses a log of another data folder, although its topic has the same name and rows', async () => {
    await withPipeline(embeddedBackend, {}, async (pipeline) => {
      await trainOn(pipeline, LINES.slice(0, 10));
      await withPipeline(embeddedBackend, {}, async (other) => {
        await other.append(0, LINES.slice(0, 10));
        const neighbours = { ...other, registry: pipeline.registry };
        const trainer = pipeline.startTrainer({ neighbours });
        await expect(trainer.ended).rejects.toMatchObject({ code: 'log-replaced' });
      });
    });
  });

  test.each([
    ['ends before the newest version does', LINES.slice(0, 9), /ends at 9/],
    ['has another last message', [...LINES.slice(0, 9), LINES[10]!, LINES[11]!], /message 9/],
    ['has another row in the window', [LINES[12]!, ...LINES.slice(1, 10)], /window/],
  ])('a trainer refuses a log that was created again under the same id and %s', async (_, lines, fault) => {
    const clock = stoppedWall;
    const log = MemoryRowLog.open({ clock });
    await withPipeline(memoryBackend(log), {}, async (pipeline) => {
      await trainOn(pipeline, LINES.slice(0, 10));
      const anew = MemoryRowLog.open({ clock });
      await anew.append(
        0,
        lines.map((value) => ({ value })),
      );
      const rowLog = disguised(anew, log);
      const trainer = pipeline.startTrainer({ neighbours: { ...pipeline, rowLog } });
      await expect(trainer.ended).rejects.toMatchObject({
        code: 'log-replaced',
        message: expect.stringMatching(fault),
      });
      await anew.close();
    });
  });

  test('a trainer refuses to resume when retention deleted rows that no version has read', async () => {
    const log = MemoryRowLog.open();
    await withPipeline(memoryBackend(log), {}, async (pipeline) => {
      await trainOn(pipeline, LINES.slice(0, 10));
      await pipeline.append(0, LINES.slice(10, 30));
      log.deleteBelow(0, 11);
      await expect(pipeline.startTrainer().ended).rejects.toMatchObject({ code: 'log-range-gone' });
    });
  });
});

describe('retention', () => {
  test.each([4, 10])(
    'retention that deleted the window up to %i shortens it in the next record, with a warning',
    async (earliest) => {
      const log = MemoryRowLog.open();
      await withPipeline(memoryBackend(log), {}, async (pipeline) => {
        await trainOn(pipeline, LINES.slice(0, 10));
        log.deleteBelow(0, earliest);
        await pipeline.append(0, LINES.slice(10, 15));
        const trainer = pipeline.startTrainer();
        await pipeline.refit();
        expect(trainer.story).toContain('window-shortened');
        const newest = (await pipeline.records()).at(-1)!;
        expect(newest.lineage[0]).toMatchObject({
          start: '0',
          windowFrom: String(earliest),
          next: '15',
          accepted: 15,
        });
        expect(newest.rows.window).toBe(15 - earliest);
      });
    },
  );
});

describe('several trainers', () => {
  test('exactly one of two trainers that start at once becomes active', async () => {
    await withPipeline(embeddedBackend, {}, async (pipeline) => {
      const both = [
        pipeline.startTrainer({ neighbours: await pipeline.reopen() }),
        pipeline.startTrainer({ neighbours: await pipeline.reopen() }),
      ];
      await pipeline.append(0, LINES.slice(0, 30));
      expect(await pipeline.refit()).toMatchObject({ version: 1 });
      const active = both.filter(({ story }) => story.includes('active'));
      expect(active).toHaveLength(1);
      expect((await pipeline.registry.loadState()).lease!.holder).toBe(active[0]!.id);
    });
  });

  test('a standby takes over when the active trainer releases the lease, and resumes from its version', async () => {
    await withPipeline(embeddedBackend, {}, async (pipeline) => {
      const first = pipeline.startTrainer();
      await first.active;
      const second = pipeline.startTrainer({ neighbours: await pipeline.reopen() });
      await pipeline.append(0, LINES.slice(0, 10));
      await pipeline.refit();
      expect(second.story).toEqual(['standby']);
      await first.stop();
      await second.active;
      await pipeline.append(0, LINES.slice(10, 15));
      await pipeline.refit();
      expect((await pipeline.records()).map(({ trainer }) => [trainer.id, trainer.epoch])).toEqual([
        [first.id, 1],
        [second.id, 2],
      ]);
    });
  });
});

interface Session {
  /** How many messages each partition has at that moment. */
  readonly until: number;
  readonly batchRows: number;
}

/** Appends to partition 0, trains to the end of the log and stops. Returns the newest record. */
async function trainOn(pipeline: Pipeline, lines: readonly string[]): Promise<VersionRecord> {
  await pipeline.append(0, lines);
  const trainer = pipeline.startTrainer();
  await pipeline.refit();
  await trainer.stop();
  return (await pipeline.records()).at(-1)!;
}

/** The messages of both logs have the same timestamp, so that only their bytes differ. */
const stoppedWall: Clock = { ...systemClock, wallTime: () => '2024-01-01T00:00:00.000Z' };

/** A log with the identity of another one, like a restored backup or a topic of the same name. */
function disguised(log: MemoryRowLog, as: RowLog): RowLog {
  return Object.create(log, { identity: { value: as.identity } }) as RowLog;
}

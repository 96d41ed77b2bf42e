import { createHash } from 'node:crypto';
import { numbersFrom } from '../../bench/harness/random';
import { engineByName } from '../../shared/engine/engines';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import { IRIS_SCHEMA, type Pipeline, type SettingChanges, withPipeline } from '../support/pipeline';
import type { TestBackend } from '../support/pipeline-backends';
import { inMessages, lineOf, type SentRow, shareOf, shuffledIris } from './iris-rows';
import { readPlainly } from './plain-log';
import { trainPlainly } from './plain-loop';

interface StreamCase {
  readonly partitions: number;
  readonly settings: SettingChanges;
  /** The messages of each partition, in order. */
  readonly messages: readonly (readonly (string | null)[])[];
}

/** Every version of a streamed run equals the one that plain loops compute from the same messages. */
export function streamEqualsPlainLoop(backend: TestBackend): void {
  describe(`the stream equals the plain loop: ${backend.name}`, () => {
    test('the stream equals the plain loop for Iris in one partition with one row a message', async () => {
      const lines = shuffledIris(1).map(lineOf);
      const settings = { batchRows: 10, batchRowsMax: 10 };
      const run = await runAndCompare(backend, { partitions: 1, settings, messages: [lines] });
      expect(run.map(({ lineage }) => lineage[0]!.next)).toEqual(
        Array.from({ length: 15 }, (_, i) => String((i + 1) * 10)),
      );
      expect(run.at(-1)!.rows).toMatchObject({ window: 150, fitted: 123, heldOut: 27 });
    });

    test('the stream equals the plain loop for four partitions whose windows slide', async () => {
      const run = await runAndCompare(backend, {
        partitions: 4,
        settings: { windowRows: 50, batchRows: 12, batchRowsMax: 24 },
        messages: spread(shuffledIris(2).map(lineOf), 4),
      });
      // Quota: floor(50 / 4) = 12 rows of each partition.
      expect(run.at(-1)!.rows.window).toBe(4 * 12);
      expect(run.at(-1)!.lineage.every(({ windowFrom }) => Number(windowFrom) > 0)).toBe(true);
    });

    test('the stream equals the plain loop when the quota falls inside messages of seven rows', async () => {
      const run = await runAndCompare(backend, {
        partitions: 2,
        settings: { windowRows: 40, batchRows: 15, batchRowsMax: 30 },
        messages: spread(inMessages(shuffledIris(3).map(lineOf), 7), 2),
      });
      // The quota of 20 rows fits two whole messages, fewer rows when the last message is short.
      expect(run.at(-1)!.rows.window).toBeLessThan(40);
      expect(run.at(-1)!.lineage.every(({ windowFrom }) => Number(windowFrom) > 0)).toBe(true);
    });

    test('the stream equals the plain loop when each message exceeds the quota, so that the window is the last message', async () => {
      const run = await runAndCompare(backend, {
        partitions: 1,
        settings: { windowRows: 5, batchRows: 7, batchRowsMax: 7 },
        messages: [inMessages(shuffledIris(4).map(lineOf).slice(0, 70), 7)],
      });
      expect(run.map(({ rows }) => rows.window)).toEqual(run.map(() => 7));
    });

    test('the stream equals the plain loop with bad rows and null values among the good ones', async () => {
      const run = await runAndCompare(backend, {
        partitions: 2,
        settings: { windowRows: 60, batchRows: 10, batchRowsMax: 20 },
        messages: spread(withFaults(shuffledIris(5)), 2),
      });
      const { lineage } = run.at(-1)!;
      expect(Math.min(...lineage.map(({ rejected }) => rejected))).toBeGreaterThan(0);
      expect(lineage.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(150);
    });

    test('the stream equals the plain loop for drifting labels, where a challenger is refused and a later one promoted', async () => {
      const run = await runAndCompare(backend, {
        partitions: 1,
        settings: { windowRows: 300, batchRows: 75, batchRowsMax: 75 },
        messages: [drifting().map(lineOf)],
      });
      const reasons = run.map(({ promotion }) => promotion.reason);
      expect(reasons).toContain('champion-better');
      expect(reasons.lastIndexOf('not-worse')).toBeGreaterThan(reasons.indexOf('champion-better'));
      const refused = run.findIndex(({ promotion }) => !promotion.promoted);
      expect(run[refused + 1]!.champion!.version).toBe(run[refused]!.champion!.version);
    });
  });
}

/** Streams the messages, half of them before the trainer starts, and compares every version. Returns the records. */
async function runAndCompare(
  backend: TestBackend,
  { partitions, settings, messages }: StreamCase,
): Promise<VersionRecord[]> {
  let run: VersionRecord[] = [];
  await withPipeline(backend, { partitions, settings }, async (pipeline) => {
    const halves = messages.map((own) => [own.slice(0, own.length / 2), own.slice(own.length / 2)]);
    for (const [partition, [first]] of halves.entries()) await pipeline.append(partition, first!);
    pipeline.startTrainer();
    for (const [partition, [, second]] of halves.entries()) await pipeline.append(partition, second!);
    await pipeline.refit();
    run = await expectPlainVersions(pipeline);
  });
  return run;
}

/** Compares every version with the plain loop over the whole log. Returns the records. */
export async function expectPlainVersions(pipeline: Pipeline): Promise<VersionRecord[]> {
  const { rowLog, registry, settings } = pipeline;
  const run = await pipeline.records();
  const schema = IRIS_SCHEMA;
  const messages = await readPlainly(rowLog, schema.label.classes, settings.holdoutShare);
  const plain = trainPlainly(
    {
      log: rowLog.identity,
      model: registry.model,
      messages,
      schema,
      settings,
      engine: engineByName(settings.engine),
    },
    run,
  );
  expect(run.length).toBeGreaterThan(1);
  for (const [i, { createdAt, trainer, recordDigest, ...ofRows }] of run.entries()) {
    expect(ofRows).toEqual(plain[i]!.record);
    expect(await registry.loadTree(i + 1)).toBe(plain[i]!.treeText);
    const { newestRowAt, ...digested } = ofRows;
    expect(recordDigest).toBe(createHash('sha256').update(JSON.stringify(digested)).digest('hex'));
  }
  const ends = (await rowLog.bounds()).map(({ end }) => String(end));
  expect(run.at(-1)!.lineage.map(({ next }) => next)).toEqual(ends);
  return run;
}

function spread<T>(messages: readonly T[], partitions: number): T[][] {
  return Array.from({ length: partitions }, (_, partition) => shareOf(messages, partition, partitions));
}

/** Puts a bad value after every second row; rows 0 and 1 come last, in one message with a bad line between them. */
function withFaults([first, second, ...rows]: readonly SentRow[]): (string | null)[] {
  const faults = [
    null,
    '',
    '{"data":[1,2,3',
    '{"data":[1,2,3],"label":"setosa"}',
    '{"data":[1,2,3,4],"label":"tulip"}',
  ];
  const messages = rows.flatMap((row, i) =>
    i % 2 === 1 ? [lineOf(row), faults[Math.floor(i / 2) % faults.length]!] : [lineOf(row)],
  );
  return [...messages, `${lineOf(first!)}\nnot a row\n${lineOf(second!)}\n`];
}

/** True labels, then random labels for a while, then true labels again. */
function drifting(): SentRow[] {
  const random = numbersFrom(6);
  const { classes } = IRIS_SCHEMA.label;
  const drifted = shuffledIris(8).map(({ features }) => ({
    features,
    label: classes[Math.floor(random() * classes.length)]!,
  }));
  return [...shuffledIris(6), ...shuffledIris(7), ...drifted, ...shuffledIris(9), ...shuffledIris(10)];
}

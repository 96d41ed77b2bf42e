import { answerTo, type Pipeline, withPipeline } from '../support/pipeline';
import { embeddedBackend } from '../support/pipeline-backends';
import { lineOf, shareOf, shuffledIris } from './iris-rows';
import { isPlainlyHeldOut } from './plain-murmur';

const LINES = shuffledIris(31).map(lineOf);
const NO_ROW = 'not a row';

test('a refit request for an empty log is answered with no-rows and no version', async () => {
  await withPipeline(embeddedBackend, { partitions: 2 }, async (pipeline) => {
    pipeline.startTrainer();
    expect(await pipeline.refit()).toMatchObject({ outcome: 'no-rows', version: null });
    await pipeline.append(1, [NO_ROW, null]);
    expect(await pipeline.refit()).toMatchObject({ outcome: 'no-rows', version: null });
    expect(await pipeline.records()).toEqual([]);
  });
});

test('rows below a mini-batch wait for a refit request, and a second request changes nothing', async () => {
  await withPipeline(embeddedBackend, { settings: { batchRows: 100 } }, async (pipeline) => {
    pipeline.startTrainer();
    await pipeline.append(0, LINES.slice(0, 7));
    expect(await pipeline.refit()).toEqual({ upTo: 1, outcome: 'created', version: 1 });
    expect(await pipeline.refit()).toEqual({ upTo: 2, outcome: 'unchanged', version: 1 });
    await pipeline.append(0, [NO_ROW]);
    expect(await pipeline.refit()).toEqual({ upTo: 3, outcome: 'unchanged', version: 1 });
    await pipeline.append(0, LINES.slice(7, 8));
    expect(await pipeline.refit()).toEqual({ upTo: 4, outcome: 'created', version: 2 });
    expect((await pipeline.records()).map(({ lineage }) => lineage[0]!.next)).toEqual(['7', '9']);
  });
});

test('a rejected line that waits for the next version is counted there', async () => {
  await withPipeline(embeddedBackend, { settings: { batchRows: 100 } }, async (pipeline) => {
    pipeline.startTrainer();
    await pipeline.append(0, [LINES[0]!, LINES[1]!]);
    await pipeline.refit();
    await pipeline.append(0, [NO_ROW, null]);
    expect(await pipeline.refit()).toMatchObject({ outcome: 'unchanged', version: 1 });
    await pipeline.append(0, [LINES[2]!]);
    await pipeline.refit();
    const newest = (await pipeline.records()).at(-1)!;
    expect(newest.rows).toMatchObject({ window: 3, rejected: 2 });
    expect(newest.lineage[0]).toMatchObject({ messages: 5, accepted: 3, rejected: 2, skipped: 0 });
  });
});

test('rows that are all holdout rows make no version and wait for a row to fit', async () => {
  const settings = { batchRows: 1, holdoutShare: 0.2 };
  await withPipeline(embeddedBackend, { settings }, async (pipeline) => {
    const fittedOffset = await appendHeldOutRows(pipeline, 3, 0.2);
    pipeline.startTrainer();
    expect(await pipeline.refit()).toMatchObject({ outcome: 'no-fitted-row', version: null });
    expect(await pipeline.refit()).toMatchObject({ outcome: 'no-fitted-row', version: null });
    await appendAt(pipeline, fittedOffset, LINES[140]!);
    expect(await pipeline.refit()).toMatchObject({ outcome: 'created', version: 1 });
    const [first] = await pipeline.records();
    expect(first!.rows).toMatchObject({ window: 4, fitted: 1, heldOut: 3 });
    expect(first!.evaluation.holdout.rows).toBe(3);
  });
});

test('all requests made before the trainer started are answered by one version', async () => {
  await withPipeline(embeddedBackend, { partitions: 3 }, async (pipeline) => {
    for (let p = 0; p < 3; p++) await pipeline.append(p, shareOf(LINES, p, 3));
    const tickets: number[] = [];
    for (let asker = 0; asker < 5; asker++) tickets.push(await pipeline.registry.askForRefit());
    expect(tickets).toEqual([1, 2, 3, 4, 5]);
    pipeline.startTrainer({ settings: { batchRows: 150 } });
    const answers = await Promise.all(tickets.map((ticket) => answerTo(pipeline, ticket)));
    for (const answer of answers) expect(answer).toEqual({ upTo: 5, outcome: 'created', version: 1 });
    expect(await pipeline.records()).toHaveLength(1);
  });
});

test('a request is answered once its own rows are in, however many came after them', async () => {
  const settings = { batchRows: 10, batchRowsMax: 10 };
  await withPipeline(embeddedBackend, { settings }, async (pipeline) => {
    await pipeline.append(0, LINES.slice(0, 30));
    const ticket = await pipeline.registry.askForRefit();
    let isFirstFit = true;
    const trainer = pipeline.startTrainer({
      beforeFit: async () => {
        if (!isFirstFit) return;
        isFirstFit = false;
        await pipeline.append(0, LINES.slice(30));
        await trainer.hasRead(150);
      },
    });
    expect(await answerTo(pipeline, ticket)).toMatchObject({ outcome: 'created', version: 3 });
    expect((await pipeline.records())[2]!.lineage[0]!.next).toBe('30');
  });
});

test('a request whose trainer died is answered by the next one', async () => {
  await withPipeline(embeddedBackend, {}, async (pipeline) => {
    await pipeline.append(0, LINES.slice(0, 5));
    const first = pipeline.startTrainer();
    await pipeline.refit();
    await first.stop();
    await pipeline.append(0, LINES.slice(5, 8));
    const ticket = await pipeline.registry.askForRefit();
    pipeline.startTrainer();
    expect(await answerTo(pipeline, ticket)).toEqual({ upTo: ticket, outcome: 'created', version: 2 });
    expect((await pipeline.records())[1]!.lineage[0]!.next).toBe('8');
  });
});

/** Appends rows at holdout offsets and bad lines at the others. Returns the next offset that is not a holdout offset. */
async function appendHeldOutRows(pipeline: Pipeline, rows: number, share: number): Promise<number> {
  const values: string[] = [];
  let sent = 0;
  while (sent < rows) {
    const heldOut = isPlainlyHeldOut(0, values.length, 0, share);
    values.push(heldOut ? LINES[sent++]! : NO_ROW);
  }
  await pipeline.append(0, values);
  let offset = values.length;
  while (isPlainlyHeldOut(0, offset, 0, share)) offset++;
  return offset;
}

async function appendAt(pipeline: Pipeline, offset: number, line: string): Promise<void> {
  const { end } = (await pipeline.rowLog.bounds())[0]!;
  await pipeline.append(0, [...Array<string>(offset - end).fill(NO_ROW), line]);
}

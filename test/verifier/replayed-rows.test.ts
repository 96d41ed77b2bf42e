import { replayRejected } from '../../services/rejected-rows/replay-rejected';
import type { MessageHeaders } from '../../shared/row-log/row-log';
import { inMessages, lineOf, shuffledIris } from '../scenarios/iris-rows';
import { describeLive } from '../support/live';
import { collect, messagesOf, TEST_READ_BOUNDS } from '../support/log-reading';
import { type DeepPlace, embeddedDeepPlace, liveDeepPlace, verifiedAt } from './deep-places';
import { type TrainedModel, withTrainedModel } from './trained-models';

/** Rejected rows sent again and rejected again, with good rows behind them, so that a version steps over them. */
async function replayOnce({ pipeline }: TrainedModel, run: string): Promise<number> {
  const { summary } = await replayRejected({
    log: pipeline.rowLog,
    run,
    reason: null,
    attemptsMax: 5,
    isDryRun: false,
    signal: new AbortController().signal,
  });
  await pipeline.append(0, inMessages(shuffledIris(22).slice(0, 40).map(lineOf), 2));
  const trainer = pipeline.startTrainer();
  await pipeline.refit();
  await trainer.stop();
  return summary.sent;
}

function placeOf(headers: MessageHeaders): string {
  return ['partition', 'offset', 'line'].map((part) => headers[`alder-${part}`]).join('/');
}

function replayedRowsSuite(place: DeepPlace): void {
  describe(`rejected rows that were sent again: ${place.name}`, () => {
    test('a model whose rejected rows were sent again, and rejected again, verifies clean', async () => {
      await withTrainedModel(place, { partitions: 2 }, async (model) => {
        const { pipeline, settings } = model;
        // Nine lines were rejected; of the one that was too large there is a part only.
        expect(await replayOnce(model, 'one')).toBe(8);
        expect(await replayOnce(model, 'two')).toBe(8);
        const read = messagesOf(await collect(pipeline.rowLog.readRejected(new Map(), TEST_READ_BOUNDS)));
        // What no version steps over yet is read again by the next trainer, and kept again under the same coordinates.
        const attempts = new Map(
          read.flatMap(({ headers }): [string, string][] =>
            headers?.['alder-reason'] === undefined ? [] : [[placeOf(headers), headers['alder-attempt']!]],
          ),
        );
        const ofAttempt = (count: string) => [...attempts.values()].filter((each) => each === count);
        expect(['1', '2', '3', '4'].map((count) => ofAttempt(count).length)).toEqual([9, 8, 8, 0]);
        const report = await verifiedAt(settings);
        expect(report.differences).toEqual([]);
        expect(report).toMatchObject({ isClean: true, unchecked: [] });
        // Marks are no rejected rows.
        const copies = read.filter(({ headers }) => headers?.['alder-reason'] !== undefined);
        expect(report.rejectedRead).toBe(copies.length);
      });
    }, 60_000);

    test('a copy with other attempts or another origin is a finding; a copy of another schema is counted', async () => {
      await withTrainedModel(place, {}, async (model) => {
        const { pipeline, settings } = model;
        expect(await replayOnce(model, 'one')).toBe(8);
        const copies = messagesOf(await collect(pipeline.rowLog.readRejected(new Map(), TEST_READ_BOUNDS)));
        const again = copies.find(({ headers }) => headers?.['alder-attempt'] === '2')!;
        const { 'alder-offset': offset, 'alder-line': line } = again.headers!;
        const copy = {
          partition: 0,
          offset: Number(offset),
          line: Number(line),
          reason: 'invalid-json',
          bytes: Buffer.from(again.hex!, 'hex'),
        } as const;
        await pipeline.rowLog.appendRejected([
          { ...copy, attempt: 1 },
          { ...copy, attempt: 2, origin: { partition: 0, offset: 0, line: 0 } },
          { ...copy, attempt: 1, schemaDigest: 'ab'.repeat(32) },
        ]);
        const { differences, unchecked } = await verifiedAt(settings);
        expect(differences.map(({ field }) => field)).toEqual([
          expect.stringMatching(/^rejected copy .*: bytes$/),
          expect.stringMatching(/^rejected copy .*: bytes$/),
        ]);
        expect(unchecked).toEqual([
          { field: 'rejected rows', reason: '1 were rejected under another schema' },
        ]);
      });
    }, 60_000);
  });
}

replayedRowsSuite(embeddedDeepPlace);

describeLive('on servers', (servers) => replayedRowsSuite(liveDeepPlace(servers)));

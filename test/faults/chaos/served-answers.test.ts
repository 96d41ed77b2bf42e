import type { PredictionAnswer } from '../../../shared/api/predictions';
import { sealRecord } from '../../../shared/model-registry/version-record';
import { MemoryModelRegistry } from '../../support/memory-model-registry';
import { irisTree, type MadeVersion, makeVersion, Publisher } from '../../support/stored-versions';
import { ServedAnswers } from './served-answers';

/** Left of the first split, where all 3 rows are setosa. */
const SMALL = [5.1, 3.5, 1.4, 0.2];
/** Right of the first split and left of the second, where 3 of 4 rows are versicolor. */
const MIDDLE = [6, 3, 4.5, 1.5];

const registry = new MemoryModelRegistry();
let first: MadeVersion;

/** Version 1 is promoted; version 2 has the same tree and is refused. */
beforeAll(async () => {
  const publisher = await Publisher.open(registry);
  first = await publisher.publish(irisTree());
  const { recordDigest } = first.record;
  const {
    format: _,
    recordDigest: __,
    ...second
  } = makeVersion(2, irisTree(), { version: 1, recordDigest }).record;
  const promotion = { ...second.promotion, promoted: false, reason: 'champion-better' } as const;
  const { record, text } = sealRecord({ ...second, promotion });
  await publisher.publish(irisTree(), {
    promote: false,
    recordText: text,
    recordDigest: record.recordDigest,
  });
});

function answerTo(changes: Partial<PredictionAnswer> = {}): PredictionAnswer {
  return {
    prediction: 'versicolor',
    probabilities: { setosa: 0, versicolor: 3 / 4, virginica: 1 / 4 },
    model: registry.model,
    version: 1,
    digest: first.record.tree.digest,
    ...changes,
  };
}

async function faultCount(row: readonly number[], answer: PredictionAnswer): Promise<number> {
  const served = new ServedAnswers();
  served.add(row, answer);
  return (await served.faults(registry)).length;
}

test('an answer that its version gives is no finding', async () => {
  expect(await faultCount(MIDDLE, answerTo())).toBe(0);
});

test.each([
  ['another digest', MIDDLE, { digest: '0'.repeat(64) }],
  ['another prediction', MIDDLE, { prediction: 'virginica' }],
  ['other probabilities', MIDDLE, { probabilities: { setosa: 0, versicolor: 1, virginica: 0 } }],
  ['the leaf of another row', SMALL, {}],
  ['a version that does not exist', MIDDLE, { version: 3 }],
])('a prediction with %s is found', async (_, row, changes) => {
  expect(await faultCount(row, answerTo(changes))).toBe(1);
});

test('an answer by a refused version is a finding', async () => {
  expect(await faultCount(MIDDLE, answerTo({ version: 2 }))).toBe(1);
});

import {
  accuracy,
  addHits,
  confusionHits,
  confusionMatrix,
  countHits,
  NO_HITS,
} from '../../shared/evaluation/accuracy';

const ACTUAL = Uint32Array.of(0, 0, 1, 2, 2, 2);
const PREDICTED = Uint32Array.of(0, 1, 1, 2, 0, 2);

test('a confusion matrix has a row for each actual class and a column for each predicted class', () => {
  expect(confusionMatrix(ACTUAL, PREDICTED, 3)).toEqual([
    [1, 1, 0],
    [0, 1, 0],
    [1, 0, 2],
  ]);
});

test("the matrix's diagonal is the hits", () => {
  expect(confusionHits(confusionMatrix(ACTUAL, PREDICTED, 3))).toEqual({ rows: 6, hits: 1 + 1 + 2 });
  expect(countHits(ACTUAL, PREDICTED)).toEqual({ rows: 6, hits: 1 + 1 + 2 });
});

test('no rows give a matrix of zeros', () => {
  const none = new Uint32Array(0);
  expect(confusionMatrix(none, none, 2)).toEqual([
    [0, 0],
    [0, 0],
  ]);
});

test('prequential sums over mini-batches are the sums over all their rows', () => {
  const batches = [0, 2, 3].map((from, i) => {
    const to = [2, 3, 6][i]!;
    return countHits(ACTUAL.subarray(from, to), PREDICTED.subarray(from, to));
  });
  expect(batches.reduce(addHits, NO_HITS)).toEqual(countHits(ACTUAL, PREDICTED));
});

test('accuracy is a share of all predicted rows, and null before the first row', () => {
  expect(accuracy({ rows: 6, hits: 4 })).toBe(4 / 6);
  expect(accuracy(NO_HITS)).toBeNull();
});

import { accuracySeries } from '../../../services/dashboard/accuracy/accuracy-series';
import { versionOf } from '../events';

const batch = (hits: number) => ({ batch: { rows: 10, hits } });

test('the accuracy of a version without a scored row is unknown and not zero', () => {
  const first = versionOf(1, { batch: null, holdout: { rows: 0, candidate: 0, champion: null } });
  expect(accuracySeries([first])).toMatchObject({ prequential: [null], holdout: [null] });
});

test('prequential accuracy is computed over about the last hundred rows', () => {
  const versions = Array.from({ length: 30 }, (_, i) => versionOf(i + 1, batch(i < 15 ? 0 : 10)));
  const { prequential } = accuracySeries(versions);
  expect(prequential[14]).toBe(0);
  expect(prequential[19]).toBe(0.5);
  expect(prequential[29]).toBe(1);
});

test('each version is marked as promoted or refused, and a fall by ten points is one alarm at its beginning', () => {
  const good = Array.from({ length: 10 }, (_, i) => versionOf(i + 1, batch(10)));
  const refused = versionOf(11, { ...batch(10), promoted: false, reason: 'worse' });
  const bad = [12, 13, 14, 15].map((version) => versionOf(version, batch(0)));
  const { fates } = accuracySeries([...good, refused, ...bad]);
  expect(fates.slice(0, 11)).toEqual([...Array(10).fill('promoted'), 'refused']);
  expect(fates.slice(11)).toEqual(['promoted', 'alarm', 'promoted', 'promoted']);
});

test('a first mini-batch of hits alone sets no best accuracy, and a wavering fall is one alarm', () => {
  const lucky = [10, 8, 8, 8, 8, 8].map((hits, i) => versionOf(i + 1, batch(hits)));
  expect(accuracySeries(lucky).fates).not.toContain('alarm');
  const wavering = Array.from({ length: 80 }, (_, i) =>
    versionOf(i + 1, batch(i < 20 ? 10 : Math.floor(i / 10) % 2 === 0 ? 8 : 9)),
  );
  expect(accuracySeries(wavering).fates.filter((fate) => fate === 'alarm')).toHaveLength(1);
});

test('every version is marked while there are at most sixty', () => {
  const of = (length: number) => Array.from({ length }, (_, i) => versionOf(i + 1));
  expect(accuracySeries(of(60)).isCrowded).toBe(false);
  expect(accuracySeries(of(61)).isCrowded).toBe(true);
});

import { ReplacementBackoff } from '../../../services/serving/workers/primary';

test('the first dead worker is replaced at once', () => {
  expect(new ReplacementBackoff().pauseMs(0)).toBe(0);
});

test('workers that die in a row are replaced ever more slowly, ten seconds apart at most', () => {
  const pace = new ReplacementBackoff();
  const pauses = Array.from({ length: 10 }, (_, i) => pace.pauseMs(i));
  expect(pauses.slice(0, 4)).toEqual([0, 100, 200, 400]);
  expect(pauses.at(-1)).toBe(10_000);
});

test('a death after half a quiet minute counts as the first again', () => {
  const pace = new ReplacementBackoff();
  for (let i = 0; i < 5; i++) pace.pauseMs(i);
  expect(pace.pauseMs(30_004)).toBe(0);
});

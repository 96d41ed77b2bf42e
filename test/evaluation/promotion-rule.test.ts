import {
  type Candidacy,
  comparePaired,
  decidePromotion,
  isChampionBetter,
  PROMOTION_MODES,
} from '../../shared/evaluation/promotion-rule';

const GATED: Candidacy = { mode: 'gated', champion: true, held: false, onlyChampion: 0, onlyCandidate: 0 };

test.each([
  // b, c, the lead squared, four times the disagreements
  [0, 0, (0 - 0) ** 2, 4 * (0 + 0)],
  [4, 0, (4 - 0) ** 2, 4 * (4 + 0)],
  [5, 0, (5 - 0) ** 2, 4 * (5 + 0)],
  [6, 1, (6 - 1) ** 2, 4 * (6 + 1)],
  [7, 1, (7 - 1) ** 2, 4 * (7 + 1)],
  [10, 6, (10 - 6) ** 2, 4 * (10 + 6)],
  [50, 30, (50 - 30) ** 2, 4 * (50 + 30)],
  [36, 28, (36 - 28) ** 2, 4 * (36 + 28)],
  [45, 28, (45 - 28) ** 2, 4 * (45 + 28)],
  [46, 28, (46 - 28) ** 2, 4 * (46 + 28)],
])(
  'a candidate with b = %i and c = %i is refused exactly when %i > %i',
  (onlyChampion, onlyCandidate, leadSquared, bound) => {
    const refused = leadSquared > bound;
    expect(isChampionBetter(onlyChampion, onlyCandidate)).toBe(refused);
    expect(decidePromotion({ ...GATED, onlyChampion, onlyCandidate })).toEqual(
      refused ? { promoted: false, reason: 'champion-better' } : { promoted: true, reason: 'not-worse' },
    );
  },
);

test('at exactly two sigma the candidate is still promoted: (4 - 0)² = 4·(4 + 0)', () => {
  expect(isChampionBetter(4, 0)).toBe(false);
  expect(isChampionBetter(5, 0)).toBe(true);
});

test('a candidate that is significantly better is never refused', () => {
  expect(isChampionBetter(0, 100)).toBe(false);
});

test('the squares of ten million rows stay exact', () => {
  expect(isChampionBetter(10_000_000, 9_991_057)).toBe(8_943 ** 2 > 4 * 19_991_057);
  expect(isChampionBetter(10_000_000, 9_991_056)).toBe(8_944 ** 2 > 4 * 19_991_056);
});

test('a candidate is promoted as not worse when there is no holdout', () => {
  expect(decidePromotion(GATED)).toEqual({ promoted: true, reason: 'not-worse' });
});

test.each(PROMOTION_MODES)('the first version is promoted under %s', (mode) => {
  expect(decidePromotion({ ...GATED, mode, champion: false })).toEqual({ promoted: true, reason: 'first' });
});

test.each(PROMOTION_MODES)('a pinned champion stays under %s, however good the candidate is', (mode) => {
  const decision = decidePromotion({ ...GATED, mode, held: true, onlyCandidate: 1_000 });
  expect(decision).toEqual({ promoted: false, reason: 'held' });
});

test('the mode immediate promotes whatever the comparison says', () => {
  const decision = decidePromotion({ ...GATED, mode: 'immediate', onlyChampion: 1_000 });
  expect(decision).toEqual({ promoted: true, reason: 'immediate' });
});

test('the mode manual promotes no version but the first', () => {
  for (const numbers of [{}, { onlyChampion: 1_000 }, { onlyCandidate: 1_000 }])
    expect(decidePromotion({ ...GATED, mode: 'manual', ...numbers })).toEqual({
      promoted: false,
      reason: 'manual',
    });
});

test('paired hits count the rows that only one version predicts right', () => {
  const actual = Uint32Array.of(0, 0, 1, 1, 2, 2);
  const champion = Uint32Array.of(0, 1, 1, 0, 2, 0);
  const candidate = Uint32Array.of(0, 0, 0, 1, 0, 1);
  expect(comparePaired(actual, champion, candidate)).toEqual({
    rows: 6,
    championHits: 1 + 2,
    candidateHits: 1 + 2,
    onlyChampion: 2,
    onlyCandidate: 2,
  });
});

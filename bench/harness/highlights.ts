import type { FigureResult } from './measure';

/** One group of bars: the same work, done by Alder and by others. */
export interface Highlight {
  readonly title: string;
  readonly unit: string;
  readonly isLowerBetter: boolean;
  /** Alder's bar comes first. `value` is a median in `unit`; `ratio` is how many times better Alder is, null for Alder. */
  readonly bars: readonly { readonly name: string; readonly value: number; readonly ratio: number | null }[];
}

interface Wanted {
  readonly title: string;
  /** The figure's name, and a part of its conditions. */
  readonly name: string;
  readonly conditions: string;
  readonly isLowerBetter: boolean;
  /** Beginning of a yardstick's name → the label of its bar, in the order of the bars. */
  readonly against: Readonly<Record<string, string>>;
}

/** The five figures for newcomers. */
const WANTED: readonly Wanted[] = [
  {
    title: 'Fit an exact tree to 1,000,000 rows × 4',
    name: 'fit, full depth',
    conditions: '× 4 continuous',
    isLowerBetter: true,
    against: { 'scikit-learn': 'scikit-learn' },
  },
  {
    title: 'Fit 255 bins and leaves to 300,000 rows × 30, one thread',
    name: 'fit, 255 bins and leaves',
    conditions: '',
    isLowerBetter: true,
    against: { LightGBM: 'LightGBM' },
  },
  {
    title: 'Predict 1,000,000 rows with a tree of depth 8',
    name: 'predict',
    conditions: 'depth 8',
    isLowerBetter: false,
    against: { 'scikit-learn': 'scikit-learn' },
  },
  {
    title: 'Answer one row over HTTP, one core, 32 connections',
    name: 'http, one row',
    conditions: '',
    isLowerBetter: false,
    against: { Express: 'Express 5', FastAPI: 'FastAPI, scikit-learn', Flask: 'Flask, scikit-learn' },
  },
  {
    title: 'Stream 1,000,000 rows: test, then train, a refit every 1,000',
    name: 'stream job, embedded',
    conditions: '',
    isLowerBetter: false,
    against: { River: 'River' },
  },
];

/** The highlights among the results. Throws when one of them is missing or lacks a yardstick's number. */
export function highlightsOf(results: readonly FigureResult[]): Highlight[] {
  return WANTED.map(({ title, name, conditions, isLowerBetter, against }) => {
    const found = results.find(
      (each) =>
        each.name === name &&
        each.conditions.includes(conditions) &&
        each.yardsticks.some((yardstick) => yardstick.name.startsWith(Object.keys(against)[0]!)),
    );
    if (found === undefined) throw new Error(`there is no figure '${name}' among the results`);
    const others = Object.entries(against).map(([beginning, label]) => {
      const yardstick = found.yardsticks.find((each) => each.name.startsWith(beginning));
      if (yardstick?.measured == null)
        throw new Error(`'${name}' has no yardstick '${beginning}' with a number`);
      const { samples, ratio } = yardstick.measured;
      return { name: label, value: samples.median, ratio: ratio.median };
    });
    const ours = { name: 'Alder', value: found.ours!.samples.median, ratio: null };
    return { title, unit: found.unit, isLowerBetter, bars: [ours, ...others] };
  });
}

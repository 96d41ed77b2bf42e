import {
  type BoundFigure,
  type CheckOutcome,
  type Contender,
  type Figure,
  isMissing,
  type RatioFigure,
} from './figure';
import { type Spread, spreadOf } from './spread';

export interface YardstickResult {
  readonly name: string;
  readonly target: number;
  /** Null for a missing yardstick. */
  readonly measured: { readonly samples: Spread; readonly ratio: Spread } | null;
  readonly missing: string | null;
}

export interface FigureResult {
  readonly name: string;
  readonly conditions: string;
  readonly unit: string;
  readonly rounds: number;
  readonly ours: { readonly name: string; readonly samples: Spread } | null;
  readonly yardsticks: readonly YardstickResult[];
  readonly atMost: number | null;
  readonly missing: string | null;
  /** The outcome of a check; null for a measured figure. */
  readonly check: CheckOutcome | null;
}

const NOT_MEASURED = { unit: '', rounds: 0, ours: null, yardsticks: [], atMost: null } as const;

/**
 * Measures a figure. After one warm-up round, every round runs all contenders, each time starting with another one. A
 * ratio is computed within its round, since a machine's speed drifts from minute to minute.
 */
export async function measure(figure: Figure, progress: (text: string) => void): Promise<FigureResult> {
  const { name, conditions } = figure;
  if (figure.kind === 'skipped') {
    return { name, conditions, ...NOT_MEASURED, missing: figure.missing, check: null };
  }
  if (figure.kind === 'check') {
    progress(name);
    return { name, conditions, ...NOT_MEASURED, missing: null, check: await figure.check() };
  }
  return figure.kind === 'ratio' ? measureRatio(figure, progress) : measureBound(figure, progress);
}

async function measureRatio(figure: RatioFigure, progress: (text: string) => void): Promise<FigureResult> {
  const present = figure.yardsticks.filter((yardstick) => !isMissing(yardstick)) as Contender[];
  const samples = await runRounds([figure.ours, ...present], figure.rounds, figure.name, progress);
  const ours = samples.get(figure.ours)!;
  return {
    name: figure.name,
    conditions: figure.conditions,
    unit: figure.unit,
    rounds: figure.rounds,
    ours: { name: figure.ours.name, samples: spreadOf(ours) },
    yardsticks: figure.yardsticks.map((yardstick) => {
      const { name, target } = yardstick;
      if (isMissing(yardstick)) return { name, target, measured: null, missing: yardstick.missing };
      const theirs = samples.get(yardstick)!;
      const ratios = theirs.map((value, round) =>
        figure.isLowerBetter ? value / ours[round]! : ours[round]! / value,
      );
      return {
        name,
        target,
        measured: { samples: spreadOf(theirs), ratio: spreadOf(ratios) },
        missing: null,
      };
    }),
    atMost: null,
    missing: null,
    check: null,
  };
}

async function measureBound(figure: BoundFigure, progress: (text: string) => void): Promise<FigureResult> {
  const samples = await runRounds([figure.ours], figure.rounds, figure.name, progress);
  return {
    name: figure.name,
    conditions: figure.conditions,
    unit: figure.unit,
    rounds: figure.rounds,
    ours: { name: figure.ours.name, samples: spreadOf(samples.get(figure.ours)!) },
    yardsticks: [],
    atMost: figure.atMost,
    missing: null,
    check: null,
  };
}

async function runRounds(
  contenders: readonly Contender[],
  rounds: number,
  name: string,
  progress: (text: string) => void,
): Promise<Map<Contender, number[]>> {
  const samples = new Map(contenders.map((contender) => [contender, [] as number[]]));
  for (let round = -1; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const contender = contenders[(turn + Math.max(0, round)) % contenders.length]!;
      progress(`${name}: ${round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`}, ${contender.name}`);
      const value = await contender.run();
      if (!(value > 0)) throw new Error(`${name}: ${contender.name} measured ${value}`);
      if (round >= 0) samples.get(contender)!.push(value);
    }
  }
  return samples;
}

/** Somebody who does the work of a figure once and says what it took, in the figure's unit. */
export interface Contender {
  readonly name: string;
  /** One round. Throws to end the bench: a round that failed is not a slow one. */
  run(): number | Promise<number>;
}

/** Another way to do the same, and how many times better ours has to be. */
export interface Yardstick extends Contender {
  readonly target: number;
}

/** A yardstick that this machine does not have. It is named in the results, never replaced by a number. */
export interface Missing {
  readonly name: string;
  readonly target: number;
  readonly missing: string;
}

/** Ours against yardsticks, in interleaved rounds. */
export interface RatioFigure {
  readonly kind: 'ratio';
  readonly name: string;
  /** What was done on how much: rows, columns, depth, seed. */
  readonly conditions: string;
  readonly unit: string;
  readonly isLowerBetter: boolean;
  readonly rounds: number;
  readonly ours: Contender;
  readonly yardsticks: readonly (Yardstick | Missing)[];
}

/** A number with a bound of its own, where nobody else has one. */
export interface BoundFigure {
  readonly kind: 'bound';
  readonly name: string;
  readonly conditions: string;
  readonly unit: string;
  readonly rounds: number;
  readonly ours: Contender;
  readonly atMost: number;
}

/** Something that has to be so beside the figures, such as equal trees. A bench with one that is not ends with 1. */
export interface CheckFigure {
  readonly kind: 'check';
  readonly name: string;
  readonly conditions: string;
  check(): Promise<CheckOutcome>;
}

export interface CheckOutcome {
  readonly holds: boolean;
  /** What was found, with its numbers. */
  readonly found: string;
}

/** A figure that cannot be had here at all. */
export interface SkippedFigure {
  readonly kind: 'skipped';
  readonly name: string;
  readonly conditions: string;
  readonly missing: string;
}

export type Figure = RatioFigure | BoundFigure | CheckFigure | SkippedFigure;

export function isMissing(yardstick: Yardstick | Missing): yardstick is Missing {
  return 'missing' in yardstick;
}

/** Makes the figures of one topic, one after the other; each is measured before the next is made. */
export type Suite = (options: SuiteOptions) => AsyncIterable<Figure>;

export interface SuiteOptions {
  readonly rounds: number;
  /** Under `--quick` sizes shrink to a tenth: to see that a bench runs, not to quote. */
  readonly isQuick: boolean;
  /** Tells what is being prepared; goes to the terminal only. */
  readonly tell: (text: string) => void;
}

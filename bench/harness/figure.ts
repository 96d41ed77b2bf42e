/** An implementation of the measured work; `run` does it once and returns the cost in the figure's unit. */
export interface Contender {
  readonly name: string;
  /** Runs one round. A throw ends the bench, since a failed round has no cost. */
  run(): number | Promise<number>;
}

/** An implementation to compare with; `target` is how many times better Alder must be. */
export interface Yardstick extends Contender {
  readonly target: number;
}

/** A yardstick that is not available on this machine. The results name it without a number. */
export interface Missing {
  readonly name: string;
  readonly target: number;
  readonly missing: string;
}

/** Alder compared with yardsticks, in interleaved rounds. */
export interface RatioFigure {
  readonly kind: 'ratio';
  readonly name: string;
  /** The size of the work: rows, columns, depth, seed. */
  readonly conditions: string;
  readonly unit: string;
  readonly isLowerBetter: boolean;
  readonly rounds: number;
  readonly ours: Contender;
  readonly yardsticks: readonly (Yardstick | Missing)[];
}

/** A figure with an absolute bound, for work without a yardstick. */
export interface BoundFigure {
  readonly kind: 'bound';
  readonly name: string;
  readonly conditions: string;
  readonly unit: string;
  readonly rounds: number;
  readonly ours: Contender;
  readonly atMost: number;
}

/** A condition that must hold beside the figures, such as equal trees. The bench exits with 1 when it does not. */
interface CheckFigure {
  readonly kind: 'check';
  readonly name: string;
  readonly conditions: string;
  check(): Promise<CheckOutcome>;
}

export interface CheckOutcome {
  readonly holds: boolean;
  /** The finding, with its numbers. */
  readonly found: string;
}

/** A figure that cannot be measured on this machine. */
interface SkippedFigure {
  readonly kind: 'skipped';
  readonly name: string;
  readonly conditions: string;
  readonly missing: string;
}

export type Figure = RatioFigure | BoundFigure | CheckFigure | SkippedFigure;

export function isMissing(yardstick: Yardstick | Missing): yardstick is Missing {
  return 'missing' in yardstick;
}

/** Yields the figures of one topic; each is measured before the next is made. */
export type Suite = (options: SuiteOptions) => AsyncIterable<Figure>;

export interface SuiteOptions {
  readonly rounds: number;
  /** With `--quick` sizes are a tenth, to check that a bench runs; such figures are not quoted. */
  readonly isQuick: boolean;
  /** Shows a preparation step on the terminal. */
  readonly tell: (text: string) => void;
}

import { numbersFrom } from '../../bench/harness/random';

/**
 * The random numbers for one purpose in one run. Each purpose has its own stream, so that an additional fault does not
 * change the rows.
 */
export class Dice {
  private readonly draw: () => number;

  constructor(seed: number, purpose: string) {
    let state = Math.imul(seed + 1, 0x9e3779b1);
    for (const letter of purpose) state = Math.imul(state ^ letter.charCodeAt(0), 0x01000193);
    this.draw = numbersFrom(state);
  }

  /** A whole number of [0, count). */
  below(count: number): number {
    return Math.floor(this.draw() * count);
  }

  /** A whole number of [min, max]. */
  between(min: number, max: number): number {
    return min + this.below(max - min + 1);
  }

  chance(share: number): boolean {
    return this.draw() < share;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  shuffled<T>(all: readonly T[]): T[] {
    const rest = [...all];
    return all.map(() => rest.splice(this.below(rest.length), 1)[0]!);
  }
}

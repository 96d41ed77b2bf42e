/** How often two versions gave the same class to the same rows. */
export interface ShadowPair {
  readonly served: number;
  readonly shadow: number;
  readonly agreed: number;
  readonly disagreed: number;
}

type Counted = { -readonly [Field in keyof ShadowPair]: ShadowPair[Field] };

/** Versions come and go; the pairs counted longest ago are forgotten. */
export const SHADOW_PAIRS_MAX = 16;

/** Agreements of pairs of versions, the newest pair last. */
export class ShadowTally {
  private readonly counted: Counted[] = [];

  get pairs(): readonly ShadowPair[] {
    return this.counted;
  }

  count(served: number, shadow: number, agreed: number, disagreed: number): void {
    const newest = this.counted.at(-1);
    const pair = newest?.served === served && newest.shadow === shadow ? newest : this.bring(served, shadow);
    pair.agreed += agreed;
    pair.disagreed += disagreed;
  }

  /** Makes a pair the newest, with what was counted of it before. */
  private bring(served: number, shadow: number): Counted {
    const { counted } = this;
    const at = counted.findIndex((pair) => pair.served === served && pair.shadow === shadow);
    const [pair = { served, shadow, agreed: 0, disagreed: 0 }] = at < 0 ? [] : counted.splice(at, 1);
    counted.push(pair);
    if (counted.length > SHADOW_PAIRS_MAX) counted.shift();
    return pair;
  }
}

/** The pairs of several processes as those of one. */
export function mergedPairs(all: readonly (readonly ShadowPair[])[]): readonly ShadowPair[] {
  const merged = new ShadowTally();
  for (const { served, shadow, agreed, disagreed } of all.flat())
    merged.count(served, shadow, agreed, disagreed);
  return merged.pairs;
}

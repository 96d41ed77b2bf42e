/**
 * The smallest denominator that a fraction in [low, high] has, 0 <= low <= high < ∞: the one of the simplest fraction
 * there, found by the continued fraction that both ends begin with (Graham, Knuth and Patashnik, Concrete Mathematics,
 * section 4.5 and exercise 4.57 on the Stern-Brocot tree). Gives `max` where it would be larger.
 */
export function fewestParts(low: number, high: number, max: number): number {
  // Denominators of the last two convergents.
  let before = 1;
  let last = 0;
  for (;;) {
    const whole = Math.ceil(low);
    if (whole <= high) return Math.min(max, whole * last + before);
    const shared = Math.floor(low);
    [before, last] = [last, shared * last + before];
    if (last >= max) return max;
    // What is left of both ends lies in (0, 1); turned upside down they change places.
    [low, high] = [1 / (high - shared), 1 / (low - shared)];
  }
}

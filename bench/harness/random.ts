// Read once, since in jest each access to a global passes its sandbox and takes longer than the arithmetic.
const { imul } = Math;

/** Random numbers in [0, 1), determined by the seed (mulberry32). */
export function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = imul(state ^ (state >>> 15), 1 | state);
    t = (t + imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A number of the standard normal distribution (Box and Muller). */
export function bellFrom(draw: () => number): number {
  let u = 0;
  while (u === 0) u = draw();
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * draw());
}

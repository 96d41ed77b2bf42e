/**
 * Work on a tree that may be large is a generator which yields every few tenths of a millisecond: who has others
 * waiting lets them have their turn there, and who has none runs it through.
 */
export function atOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

import { runTimeSliced } from '../../../services/serving/models/run-time-sliced';

/** Steps that each take at least one slice, on every machine. */
function* longSteps(count: number): Generator<void, number> {
  for (let step = 0; step < count; step++) {
    const untilMs = performance.now() + 1;
    while (performance.now() < untilMs);
    yield;
  }
  return count;
}

test('other callbacks run between the slices of long work', async () => {
  let turns = 0;
  let isDone = false;
  const work = runTimeSliced(longSteps(10)).finally(() => {
    isDone = true;
  });
  while (!isDone) {
    await new Promise((resolve) => setImmediate(resolve));
    turns++;
  }
  expect(await work).toBe(10);
  expect(turns).toBeGreaterThanOrEqual(10);
});

test('work of a single step runs without a pause', async () => {
  let hadTurn = false;
  setImmediate(() => {
    hadTurn = true;
  });
  // biome-ignore lint/correctness/useYield: the work that is tested here has one step
  const work = (function* (): Generator<void, string> {
    return 'done';
  })();
  expect(await runTimeSliced(work)).toBe('done');
  expect(hadTurn).toBe(false);
});

test('an error of a step rejects the whole work', async () => {
  const failing = (function* (): Generator<void, never> {
    yield;
    throw new Error('broken step');
  })();
  await expect(runTimeSliced(failing)).rejects.toThrow('broken step');
});

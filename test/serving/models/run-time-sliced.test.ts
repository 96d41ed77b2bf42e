import { runTimeSliced } from '../../../services/serving/models/run-time-sliced';

/** Steps that each take as long as a turn may, on whatever machine. */
function* longSteps(count: number): Generator<void, number> {
  for (let step = 0; step < count; step++) {
    const untilMs = performance.now() + 1;
    while (performance.now() < untilMs);
    yield;
  }
  return count;
}

test('others have their turn between the steps of long work', async () => {
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

test('work without a step to wait between is done before anybody else has a turn', async () => {
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

test('what a step throws is thrown', async () => {
  const failing = (function* (): Generator<void, never> {
    yield;
    throw new Error('broken step');
  })();
  await expect(runTimeSliced(failing)).rejects.toThrow('broken step');
});

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MemoryModelRegistry } from '../../support/memory-model-registry';
import { irisTree, Publisher } from '../../support/stored-versions';
import { startTestServing } from '../../support/test-serving';
import { describeWithPython, PYTHON } from '../../tree-formats/python-environment';

/** Below every threshold of the newest tree, and above the first of the older one alone. */
const ROWS = [
  [1, 1, 1, 1],
  [1, 1, 5, 1.5],
  [1, 1, 5, 2],
];

describeWithPython()("Triton's own client, over the Open Inference Protocol", () => {
  test('a Triton client finds the model, sends both floats, pins a version and reads a refusal', async () => {
    const registry = new MemoryModelRegistry();
    const publisher = await Publisher.open(registry);
    await publisher.publish(irisTree(0.5));
    await publisher.publish(irisTree(2.45));
    const serving = await startTestServing(registry);
    const program = join(__dirname, 'triton-client.py');
    const { stdout } = await promisify(execFile)(PYTHON, [
      program,
      new URL(serving.url).host,
      JSON.stringify(ROWS),
    ]);
    await serving.stop();

    const newest = {
      version: '2',
      predict: ['setosa', 'versicolor', 'virginica'],
      proba: [
        [1, 0, 0],
        [0, 0.75, 0.25],
        [0, 0, 1],
      ],
    };
    const { first, refusal, ...seen } = JSON.parse(stdout);
    expect(seen).toEqual({ live: true, ready: true, versions: ['1', '2'], double: newest, float: newest });
    expect(first).toMatchObject({ version: '1', predict: ['versicolor', 'versicolor', 'virginica'] });
    expect(refusal).toContain('4');
  });
});

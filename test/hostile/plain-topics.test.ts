import { decodeTree } from '../../shared/tree/tree-codec';
import { type Pipeline, withPipeline } from '../support/pipeline';
import { embeddedBackend } from '../support/pipeline-backends';

const ONE_LEAF = { nodes: 1, leaves: 1, depth: 0 };

/** The tree of the version that a refit over these rows makes. */
async function treeOf(pipeline: Pipeline, rows: readonly string[]) {
  await pipeline.append(0, rows);
  pipeline.startTrainer();
  const { version } = await pipeline.refit();
  const [record] = (await pipeline.records()).slice(-1);
  return { made: record!.tree, tree: decodeTree((await pipeline.registry.loadTree(version!))!) };
}

test('a topic of one class is accepted and gives a tree of one leaf', async () => {
  await withPipeline(embeddedBackend, {}, async (pipeline) => {
    const rows = Array.from({ length: 40 }, (_, i) => `{"data":[${i},${40 - i},1,2],"label":"virginica"}`);
    const { made, tree } = await treeOf(pipeline, rows);
    expect(made).toMatchObject(ONE_LEAF);
    expect([...tree.classCounts].filter((count) => count > 0)).toHaveLength(1);
  });
});

test('a topic whose features never change gives a tree of one leaf, whatever the classes', async () => {
  await withPipeline(embeddedBackend, {}, async (pipeline) => {
    const classes = ['setosa', 'versicolor', 'virginica'];
    const rows = Array.from({ length: 40 }, (_, i) => `{"data":[1,1,1,1],"label":"${classes[i % 3]}"}`);
    expect((await treeOf(pipeline, rows)).made).toMatchObject(ONE_LEAF);
  });
});

test('one constant feature is never split on', async () => {
  await withPipeline(embeddedBackend, {}, async (pipeline) => {
    const rows = Array.from({ length: 40 }, (_, i) => {
      return `{"data":[7,${i % 20},${i},0],"label":"${i % 20 < 10 ? 'setosa' : 'virginica'}"}`;
    });
    const { tree } = await treeOf(pipeline, rows);
    expect(tree.feature.includes(1)).toBe(true);
    expect([...tree.feature].filter((feature) => feature === 0 || feature === 3)).toEqual([]);
  });
});

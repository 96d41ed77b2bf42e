import { countHits, predictAll } from '../../../services/trainer/refit/refit';
import { PartitionRows } from '../../../services/trainer/window/partition-rows';
import { leafOf, majorityClass } from '../../../shared/tree/tree';
import { chainTree } from '../../tree/some-tree';

/** 41 nodes: a handful of rows is walked one by one, a hundred through the compiled tree. */
const TREE = chainTree(20);
const value = (row: number) => ((row * 13) % 47) / 2 - 1;
const classOf = (row: number) => majorityClass(TREE, leafOf(TREE, Float64Array.of(value(row)), 0));

test.each([0, 7, 40, 41, 600])('compiled and plain prediction give %d rows the same classes', (rowCount) => {
  const rows = Array.from({ length: rowCount }, (_, row) => row);
  const features = Float64Array.from(rows, value);
  const batches = () => [features.subarray(0, 11), features.subarray(11, 11), features.subarray(11)];
  const set = { rowCount, batches, classes: new Uint32Array(rowCount) };
  expect([...predictAll(TREE, set)]).toEqual(rows.map(classOf));
});

test.each([3, 30, 700])('hits are counted in the spans alone, %d rows a partition', (rowCount) => {
  const spans = [0, 1].map((partition) => {
    const store = new PartitionRows(partition, 1, 64);
    for (let row = 0; row < rowCount; row++) {
      const at = store.rows.reserve();
      store.rows.features[at] = value(row);
      // Every third row is labelled wrongly.
      store.rows.commit(0, row % 3 === 0 ? 1 - classOf(row) : classOf(row));
    }
    return { store, from: 1, end: rowCount - 1 };
  });
  const right = Array.from({ length: rowCount - 2 }, (_, i) => i + 1).filter((row) => row % 3 !== 0).length;
  expect(countHits(TREE, spans)).toBe(2 * right);
});

import { type Fetch, TREES_CACHED_MAX, TreeCache } from '../../../services/dashboard/tree/tree-cache';

const TREE = {
  format: 'alder-tree/1',
  features: ['height'],
  classes: ['oak'],
  feature: [-1],
  threshold: [0],
  left: [-1],
  right: [-1],
  classCounts: [[3]],
};
const { signal } = new AbortController();

function answering(status: number, body: unknown) {
  const paths: string[] = [];
  const fetch: Fetch = async (path) => {
    paths.push(path);
    return { ok: status < 300, status, json: async () => body };
  };
  return { cache: new TreeCache(fetch), paths };
}

test('a tree is fetched once, with a path relative to the page', async () => {
  const { cache, paths } = answering(200, TREE);
  await cache.load('my model', 7, signal);
  const tree = await cache.load('my model', 7, signal);
  expect(Array.from(tree.classCounts)).toEqual([3]);
  expect(paths).toEqual(['models/my%20model/versions/7/tree']);
});

test('the least recently used tree is evicted first', async () => {
  const { cache, paths } = answering(200, TREE);
  for (let version = 1; version <= TREES_CACHED_MAX; version++) await cache.load('m', version, signal);
  await cache.load('m', 1, signal);
  await cache.load('m', TREES_CACHED_MAX + 1, signal);
  const fetched = paths.length;
  await cache.load('m', 1, signal);
  expect(paths.length).toBe(fetched);
  await cache.load('m', 2, signal);
  expect(paths.length).toBe(fetched + 1);
});

test("a refusal carries the server's sentence", async () => {
  const { cache } = answering(410, { detail: 'This version was retired and is no longer stored.' });
  await expect(cache.load('m', 1, signal)).rejects.toThrow('retired');
});

test('an unknown tree format is refused by name', async () => {
  const { cache } = answering(200, { ...TREE, format: 'alder-tree/2' });
  await expect(cache.load('m', 1, signal)).rejects.toThrow('alder-tree/2');
});

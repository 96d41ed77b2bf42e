import { numbersFrom } from '../../bench/harness/random';
import { fitExact } from '../../shared/engine/exact/fit-exact';
import { openEmbeddedModelRegistry } from '../../shared/model-registry/embedded/embedded-model-registry';
import { leafCount } from '../../shared/tree/tree';
import { trainingSet } from '../engine/training-sets';
import { eventually, useAlder } from '../support/alder-process';
import { makeTestFolder } from '../support/embedded';
import { Publisher } from '../support/stored-versions';
import { seriousFaults } from './support/accessibility';
import { DESK, PHONE, useBrowser } from './support/browser';
import { describeInBrowser } from './support/find-chromium';
import { keepScreenshot, pixelsTooWide } from './support/screenshots';

const ROWS = 2_600;

describeInBrowser('a tree of a thousand leaves', (chromiumPath) => {
  const alder = useAlder();
  const browsing = useBrowser(chromiumPath);
  const folder = makeTestFolder();
  let url: string;

  beforeAll(async () => {
    const registry = await openEmbeddedModelRegistry(folder.open(), { model: 'decisiontree' });
    const publisher = await Publisher.open(registry);
    await publisher.publish(largeTree(1));
    await publisher.publish(largeTree(2));
    const serving = alder.start(['serve', '--port', '0', '--data-dir', folder.dataDir]);
    url = await serving.url();
  });

  afterAll(() => folder.remove());

  test.each([
    ['desk', DESK],
    ['phone', PHONE],
  ])(
    'a tree of a thousand leaves starts partly open, opens further, and can be compared (%s)',
    async (name, look) => {
      const { page, complaints } = await browsing.open(url, look);
      await page.getByRole('treeitem').first().waitFor();
      const drawn = await page.getByRole('treeitem').count();
      // The lower levels start closed, since a thousand leaves cannot be read at once.
      expect(drawn).toBeGreaterThan(6);
      expect(drawn).toBeLessThan(400);
      await page.getByRole('treeitem', { expanded: false }).first().focus();
      await page.keyboard.press('Enter');
      await eventually(
        () => page.getByRole('treeitem').count(),
        (count) => count > drawn,
      );
      await page.getByLabel('Compare with').selectOption('before');
      await page.getByText(/Compared with version 1:/).waitFor();
      await keepScreenshot(page, `large-tree-${name}`);
      expect(await pixelsTooWide(page)).toBe(0);
      expect(await seriousFaults(page)).toEqual([]);
      expect(complaints.list()).toEqual([]);
    },
  );
});

/** Random labels need a leaf for nearly every other row. */
function largeTree(seed: number) {
  const next = numbersFrom(seed);
  const columns = Array.from({ length: 4 }, () =>
    Array.from({ length: ROWS }, () => Math.round(1e4 * next()) / 1e4),
  );
  const classes = Array.from({ length: ROWS }, () => Math.floor(3 * next()));
  const tree = fitExact(trainingSet(columns, classes), { maxDepth: 64, minLeafRows: 1 });
  expect(leafCount(tree)).toBeGreaterThan(1_000);
  return tree;
}

import { fitExact } from '../../../shared/engine/exact/fit-exact';
import { KeptFit } from '../../../shared/engine/exact/kept-fit';
import { encodeTree } from '../../../shared/tree/tree-codec';
import { LARGE_SETS, largeSet } from './large-sets';
import { KeptSlides } from './slides';

test.each(Object.keys(LARGE_SETS))('%s: a window that moves on gets the tree of a fresh fit', (kind) => {
  const limits = { maxDepth: 64, minLeafRows: 1 };
  const stream = largeSet(kind, 27_000, 3, 3, 23);
  const slides = new KeptSlides(stream, 2, 6_000);
  const kept = new KeptFit();
  kept.fit(...slides.whole(), limits);
  for (let batch = 0; batch < 12; batch++) {
    const tree = kept.move(slides.move([600, 350], [200, 700]), limits);
    const [rows, origins] = slides.whole();
    const found = tree ?? kept.fit(rows, origins, limits);
    expect(encodeTree(found)).toBe(encodeTree(fitExact(rows, limits)));
  }
});

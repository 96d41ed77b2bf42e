import { numbersFrom } from '../../../bench/harness/random';
import { KeptWindow } from '../../../services/trainer/fit/kept-window';
import { gatherFitted, type WindowTable, windowTable } from '../../../services/trainer/window/gather-rows';
import { PartitionRows } from '../../../services/trainer/window/partition-rows';
import { fitExact } from '../../../shared/engine/exact/fit-exact';
import { KeptFit } from '../../../shared/engine/exact/kept-fit';
import { encodeTree } from '../../../shared/tree/tree-codec';

const LIMITS = { maxDepth: 64, minLeafRows: 1 };

afterEach(() => jest.restoreAllMocks());

/** Partitions that are read and cut as a trainer does it, with a window of `quota` rows each. */
class Partitions {
  readonly stores: PartitionRows[];
  private readonly windowFrom: number[];
  private readonly draw = numbersFrom(7);
  private offset = 0;

  constructor(
    partitions: number,
    private readonly quota: number,
  ) {
    // Chunks far smaller than the window, so that some are dropped and written again.
    this.stores = Array.from({ length: partitions }, (_, partition) => new PartitionRows(partition, 2, 256));
    this.windowFrom = this.stores.map(() => 0);
  }

  read(partition: number, rows: number): void {
    const { rows: store } = this.stores[partition]!;
    for (let row = 0; row < rows; row++) {
      const k = Math.floor(3 * this.draw());
      const at = store.reserve();
      store.features[at] = k + this.draw();
      store.features[at + 1] = Math.floor(k + 4 * this.draw());
      store.commit(0, this.draw() < 0.05 ? 0 : k);
      this.stores[partition]!.label(this.offset++, 0.2);
    }
  }

  window(): WindowTable {
    const spans = this.stores.map((store, p) => {
      const end = store.rows.rowCount;
      this.windowFrom[p] = end === 0 ? 0 : store.windowStart(this.windowFrom[p]!, end, this.quota);
      return { store, from: store.firstAt(this.windowFrom[p]!), end };
    });
    return windowTable(spans, ['a', 'b'], ['x', 'y', 'z']);
  }

  drop(): void {
    for (const [p, store] of this.stores.entries()) store.dropBelow(this.windowFrom[p]!);
  }
}

function expectFresh(kept: KeptWindow, window: WindowTable): void {
  expect(encodeTree(kept.fit(window, LIMITS))).toBe(encodeTree(fitExact(gatherFitted(window), LIMITS)));
}

test('while partitions are read at their own pace and chunks are dropped, only the first window is fitted whole', () => {
  const fit = jest.spyOn(KeptFit.prototype, 'fit');
  const partitions = new Partitions(3, 2_000);
  const kept = new KeptWindow();
  for (const partition of [0, 1, 2]) partitions.read(partition, 1_900);
  expectFresh(kept, partitions.window());
  for (let cut = 0; cut < 20; cut++) {
    partitions.drop();
    partitions.read(0, 60);
    partitions.read(1, cut % 5);
    if (cut > 15) partitions.read(2, 300);
    expectFresh(kept, partitions.window());
  }
  expect(fit).toHaveBeenCalledTimes(1);
});

test('a partition that comes with its first rows is taken along', () => {
  const fit = jest.spyOn(KeptFit.prototype, 'fit');
  const partitions = new Partitions(2, 4_000);
  const kept = new KeptWindow();
  partitions.read(1, 4_000);
  expectFresh(kept, partitions.window());
  partitions.read(0, 40);
  expectFresh(kept, partitions.window());
  expect(fit).toHaveBeenCalledTimes(1);
});

test('rows of other stores are others, also where they are numbered the same', () => {
  const kept = new KeptWindow();
  for (let term = 0; term < 3; term++) {
    const partitions = new Partitions(1, 3_000);
    partitions.read(0, 3_000 + term);
    expectFresh(kept, partitions.window());
    partitions.read(0, 30);
    expectFresh(kept, partitions.window());
  }
});

test('a window that goes back has its rows again', () => {
  const partitions = new Partitions(1, 4_000);
  const kept = new KeptWindow();
  partitions.read(0, 4_000);
  const first = partitions.window();
  partitions.read(0, 200);
  const second = partitions.window();
  for (const window of [first, second, first, second]) expectFresh(kept, window);
  const nothing = { ...second, pieces: second.pieces.slice(1) };
  const fittedRows = gatherFitted({ ...nothing, fittedRows: 4_000 }).columns[0]!.filter((v) => v > 0).length;
  expectFresh(kept, { ...nothing, fittedRows });
  expectFresh(kept, second);
});

test('what was forgotten is fitted whole', () => {
  const fit = jest.spyOn(KeptFit.prototype, 'fit');
  const partitions = new Partitions(1, 4_000);
  const kept = new KeptWindow();
  partitions.read(0, 4_000);
  expectFresh(kept, partitions.window());
  kept.forget();
  expectFresh(kept, partitions.window());
  expect(fit).toHaveBeenCalledTimes(2);
});

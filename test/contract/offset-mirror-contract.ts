import type { OffsetMirror } from '../../shared/row-log/offset-mirror';

/** A mirror of a topic with two partitions, for a reader of its own. The suite's `cleanUp` runs after each test. */
interface OffsetMirrorUnderTest {
  readonly mirror: OffsetMirror;
  /** A mirror of the same topic for another reader. */
  other(): Promise<OffsetMirror>;
  cleanUp(): Promise<void>;
}

/** Every promise of the OffsetMirror port, for any adapter. */
export function offsetMirrorContract(name: string, open: () => Promise<OffsetMirrorUnderTest>): void {
  describe(`offset mirror contract: ${name}`, () => {
    let underTest: OffsetMirrorUnderTest;

    beforeEach(async () => {
      underTest = await open();
    });

    afterEach(() => underTest.cleanUp());

    const offsets = (first: number, second: number) =>
      new Map([
        [0, first],
        [1, second],
      ]);

    test('the mirror has no metadata before the first write', async () => {
      expect(await underTest.mirror.read()).toBeNull();
    });

    test('the mirror gives the metadata of the last write', async () => {
      const { mirror } = underTest;
      await mirror.mirror(offsets(3, 4), 'version 1');
      await mirror.mirror(offsets(5, 4), 'version 2');
      expect(await mirror.read()).toBe('version 2');
    });

    test('mirrored offsets may go back, together with their metadata', async () => {
      const { mirror } = underTest;
      await mirror.mirror(offsets(5, 5), 'version 2');
      await mirror.mirror(offsets(0, 0), 'version 1');
      expect(await mirror.read()).toBe('version 1');
    });

    test('a partition that was not mirrored does not hide the others', async () => {
      const { mirror } = underTest;
      await mirror.mirror(new Map([[1, 7]]), 'version 1');
      expect(await mirror.read()).toBe('version 1');
    });

    test('readers do not see the offsets of other readers', async () => {
      const { mirror, other } = underTest;
      await mirror.mirror(offsets(1, 1), 'ours');
      expect(await (await other()).read()).toBeNull();
    });
  });
}

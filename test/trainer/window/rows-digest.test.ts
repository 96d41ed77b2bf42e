import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { RowSpan } from '../../../services/trainer/window/gather-rows';
import { PartitionRows } from '../../../services/trainer/window/partition-rows';
import { rowsDigest } from '../../../services/trainer/window/rows-digest';

interface PlainRow {
  readonly partition: number;
  readonly offset: number;
  readonly line: number;
  readonly features: readonly number[];
  readonly classIndex: number;
}

/** The digest field by field, as it is defined. */
function plainDigest(rows: readonly PlainRow[]): string {
  const hash = createHash('sha256');
  for (const { partition, offset, line, features, classIndex } of rows) {
    const bytes = Buffer.alloc(20 + 8 * features.length);
    bytes.writeUInt32LE(partition, 0);
    bytes.writeBigUInt64LE(BigInt(offset), 4);
    bytes.writeUInt32LE(line, 12);
    for (const [f, value] of features.entries()) bytes.writeDoubleLE(value, 16 + 8 * f);
    bytes.writeUInt32LE(classIndex, 16 + 8 * features.length);
    hash.update(bytes);
  }
  return hash.digest('hex');
}

function storeOf(
  partition: number,
  featureCount: number,
  rows: readonly PlainRow[],
  chunkRows?: number,
): PartitionRows {
  const store = new PartitionRows(partition, featureCount, chunkRows);
  for (const { offset, line, features, classIndex } of rows) {
    // `reserve` may replace the array, so it comes first.
    const at = store.rows.reserve();
    store.rows.features.set(features, at);
    store.rows.commit(line, classIndex);
    store.label(offset, 0);
  }
  return store;
}

const shapes = fc.integer({ min: 1, max: 5 }).chain((featureCount) => {
  const row = fc.record({
    offset: fc.oneof(fc.nat(100), fc.maxSafeNat()),
    line: fc.nat(50_000),
    features: fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
      minLength: featureCount,
      maxLength: featureCount,
    }),
    classIndex: fc.nat(4_000_000_000),
  });
  const inOrder = fc
    .array(row, { maxLength: 30 })
    .map((rows) => [...rows].sort((a, b) => a.offset - b.offset));
  const partition = fc.tuple(fc.nat(1_000), inOrder);
  return fc.tuple(fc.constant(featureCount), fc.array(partition, { minLength: 1, maxLength: 3 }));
});

test('the digest of spans is that of their rows, field by field', () => {
  fc.assert(
    fc.property(shapes, fc.nat(5), fc.integer({ min: 1, max: 9 }), (shape, skipped, chunkRows) => {
      const [featureCount, partitions] = shape;
      const plain: PlainRow[] = [];
      const spans = partitions.map(([partition, rows]): RowSpan => {
        const own = rows.map((row) => ({ ...row, partition }));
        const from = Math.min(skipped, own.length);
        plain.push(...own.slice(from));
        return { store: storeOf(partition, featureCount, own, chunkRows), from, end: own.length };
      });
      expect(rowsDigest(spans)).toBe(plainDigest(plain));
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('a span of many batches has the digest of its rows', () => {
  const rows = Array.from({ length: 5_000 }, (_, i) => ({
    partition: 3,
    offset: 2 ** 32 - 2_000 + i,
    line: i % 7,
    features: [i / 3, -i],
    classIndex: i % 3,
  }));
  const span = { store: storeOf(3, 2, rows), from: 1, end: rows.length };
  expect(rowsDigest([span])).toBe(plainDigest(rows.slice(1)));
});

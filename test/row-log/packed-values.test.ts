import fc from 'fast-check';
import { PackedValues } from '../../shared/row-log/packed-values';

const BYTES = Buffer.from('the bytes of one entry, which many values lie in');

test('values come back as they were added, in one piece or in several', () => {
  const place = fc.oneof(
    fc.constant(null),
    fc.record({ from: fc.nat(BYTES.length), length: fc.nat(9), isAlone: fc.boolean() }),
  );
  fc.assert(
    fc.property(fc.array(place, { maxLength: 60 }), (places) => {
      const packed = new PackedValues();
      const added = places.map((each) => {
        if (each === null) {
          packed.addNull();
          return null;
        }
        const end = Math.min(BYTES.length, each.from + each.length);
        const value = BYTES.subarray(each.from, end);
        if (each.isAlone) {
          packed.addAlone(value);
        } else {
          packed.addPiece(BYTES);
          packed.add(each.from, end);
        }
        return value;
      });
      expect(packed.length).toBe(added.length);
      expect(packed.views()).toEqual(added);
      for (const [i, value] of added.entries()) {
        expect(packed.isNull(i)).toBe(value === null);
        expect(packed.at(i)).toEqual(value);
        if (value !== null) {
          expect(packed.pieceOf(i).subarray(packed.fromOf(i), packed.endOf(i))).toEqual(value);
        }
      }
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('an empty value differs from a null value', () => {
  const packed = PackedValues.of([new Uint8Array(0), null]);
  expect([packed.isNull(0), packed.isNull(1)]).toEqual([false, true]);
  expect(packed.views()).toEqual([new Uint8Array(0), null]);
});

import fc from 'fast-check';
import { BodyBytes } from '../../shared/http/body-memory';

const BYTES_MAX = 1_000;

/** The joined body, and the sum of the memory that its pieces added. */
function collect(pieces: readonly Uint8Array[]): { readonly body: BodyBytes; readonly heldBytes: number } {
  const body = new BodyBytes(BYTES_MAX);
  return { body, heldBytes: pieces.reduce((sum, piece) => sum + body.add(piece), 0) };
}

test('the bytes of a body are its pieces in order, however they are cut', () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 25 });
  fc.assert(
    fc.property(pieces, (list) => {
      expect(Buffer.from(collect(list).body.bytes)).toEqual(Buffer.concat(list));
    }),
  );
});

test('a body of one piece is not copied', () => {
  const piece = Uint8Array.of(1, 2, 3);
  expect(collect([piece]).body.bytes).toBe(piece);
});

test('the first piece of a body is never written to', () => {
  const first = Uint8Array.of(1, 2, 3);
  collect([first, Uint8Array.of(4), Uint8Array.of(5)]);
  expect([...first]).toEqual([1, 2, 3]);
});

test('a body in pieces of one byte takes at most twice its bytes, and never more than its bound', () => {
  const byte = Uint8Array.of(7);
  const { body, heldBytes } = collect(Array.from({ length: 600 }, () => byte));
  expect(body.bytes).toHaveLength(600);
  expect(heldBytes).toBeLessThanOrEqual(BYTES_MAX);
  expect(collect(Array.from({ length: 300 }, () => byte)).heldBytes).toBeLessThanOrEqual(600);
});

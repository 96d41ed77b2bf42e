import { rejectedSends } from '../../../shared/row-log/kafka/rejected-rows';

describe('rejected rows', () => {
  const row = (offset: number, bytes: number) =>
    ({
      partition: 0,
      offset,
      line: 0,
      reason: 'invalid-json',
      attempt: 1,
      bytes: new Uint8Array(bytes),
    }) as const;

  it('rejected rows go in sends of at most 1,000', () => {
    const sends = rejectedSends(
      'rows',
      Array.from({ length: 2_001 }, (_, offset) => row(offset, 1)),
    );
    expect(sends.map((send) => send.length)).toEqual([1_000, 1_000, 1]);
  });

  it('rejected rows go in sends below a megabyte, and a larger row goes alone', () => {
    const sends = rejectedSends('rows', [
      row(0, 400_000),
      row(1, 400_000),
      row(2, 400_000),
      row(3, 2_000_000),
      row(4, 1),
    ]);
    expect(sends.map((send) => send.map(({ key }) => key))).toEqual([
      ['rows/0/0/0', 'rows/0/1/0'],
      ['rows/0/2/0'],
      ['rows/0/3/0'],
      ['rows/0/4/0'],
    ]);
  });

  it('no rejected rows make no send', () => {
    expect(rejectedSends('rows', [])).toEqual([]);
  });
});

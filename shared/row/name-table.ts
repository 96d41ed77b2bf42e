import { decodeText } from '../json/tokens';

/**
 * A hash table over a fixed list of names that looks up a range of bytes, so that recognising a known key or label
 * creates no string. Two names are equal when their decoded texts are equal; case matters.
 */
export class NameTable {
  readonly size: number;
  private readonly indexOf: ReadonlyMap<string, number>;
  /** All names in UTF-8; name i is [starts[i], starts[i + 1]). */
  private readonly pool: Uint8Array;
  private readonly starts: Uint32Array;
  /** Open addressing, at most half full; a slot holds an index or −1. */
  private readonly slots: Int32Array;
  private readonly mask: number;

  constructor(names: readonly string[]) {
    this.size = names.length;
    this.indexOf = new Map(names.map((name, index) => [name, index]));
    const encoded = names.map((name) => Buffer.from(name));
    this.pool = Uint8Array.from(Buffer.concat(encoded));
    this.starts = new Uint32Array(names.length + 1);
    this.mask = 2 ** Math.ceil(Math.log2(names.length * 2 + 1)) - 1;
    this.slots = new Int32Array(this.mask + 1).fill(-1);
    encoded.forEach((name, index) => {
      this.starts[index + 1] = this.starts[index]! + name.length;
      let slot = hash(name, 0, name.length) & this.mask;
      while (this.slots[slot]! >= 0) slot = (slot + 1) & this.mask;
      this.slots[slot] = index;
    });
  }

  /**
   * The index of the name in [from, to), a string that the scanner has checked; −1 for an unknown name. `expected` is
   * tried first (−1 to skip this), because the fields of most rows are in the order of the schema.
   */
  find(bytes: Uint8Array, from: number, to: number, escaped: boolean, expected: number): number {
    if (escaped) return this.indexOf.get(decodeText(bytes, from, to, true)) ?? -1;
    if (expected >= 0 && expected < this.size && this.isNameAt(expected, bytes, from, to)) return expected;
    let slot = hash(bytes, from, to) & this.mask;
    for (;;) {
      const index = this.slots[slot]!;
      if (index < 0 || this.isNameAt(index, bytes, from, to)) return index;
      slot = (slot + 1) & this.mask;
    }
  }

  private isNameAt(index: number, bytes: Uint8Array, from: number, to: number): boolean {
    const { pool } = this;
    const start = this.starts[index]!;
    const length = to - from;
    if (this.starts[index + 1]! - start !== length) return false;
    for (let i = 0; i < length; i++) if (pool[start + i] !== bytes[from + i]) return false;
    return true;
  }
}

/** FNV-1a, 32 bits. The table holds only the schema's names, so a sender cannot make them collide. */
function hash(bytes: Uint8Array, from: number, to: number): number {
  let h = 0x811c9dc5;
  for (let i = from; i < to; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193);
  return h >>> 0;
}

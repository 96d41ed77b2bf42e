import type { ParseFault } from './tokens';
import { decodeText } from './tokens';

/** The most objects and arrays inside one another. */
export const DEPTH_MAX = 32;
/** The most fields of one object. */
export const FIELDS_MAX = 10_000;

/** An object with more keys than this uses a Set, because comparing each key with each other key is quadratic. */
const COMPARED_KEYS_MAX = 16;
/** Each key takes two numbers, the start and the end of its bytes. */
const NUMBERS_PER_DEPTH = COMPARED_KEYS_MAX * 2;

/**
 * The keys of every open object, one object a depth, to find duplicate keys. Depths count from 1. Two keys are equal
 * when their decoded texts are equal. A key is checked for `forbidden-key`, then `too-many-fields`, then
 * `duplicate-key`.
 */
export class ObjectKeys {
  private readonly counts = new Uint32Array(DEPTH_MAX + 1);
  /** Number of keys whose bytes are in `ranges`, by depth. */
  private readonly compared = new Uint32Array(DEPTH_MAX + 1);
  private readonly ranges = new Uint32Array((DEPTH_MAX + 1) * NUMBERS_PER_DEPTH);
  private readonly sets: (Set<string> | null)[] = new Array<Set<string> | null>(DEPTH_MAX + 1).fill(null);

  /** Starts an object at `depth`. */
  open(depth: number): void {
    this.counts[depth] = 0;
    this.compared[depth] = 0;
    this.sets[depth] = null;
  }

  /** Counts a key that the caller itself compares with the others. */
  count(depth: number): ParseFault | null {
    return ++this.counts[depth]! > FIELDS_MAX ? 'too-many-fields' : null;
  }

  /** Counts the key in [from, to) and compares it with the other keys of its object. */
  add(depth: number, bytes: Uint8Array, from: number, to: number, escaped: boolean): ParseFault | null {
    const set = this.sets[depth]!;
    if (escaped || set !== null || this.compared[depth] === COMPARED_KEYS_MAX) {
      return this.addToSet(depth, set ?? this.makeSet(depth, bytes), decodeText(bytes, from, to, escaped));
    }
    if (isForbidden(bytes, from, to)) return 'forbidden-key';
    if (this.count(depth) !== null) return 'too-many-fields';
    const base = depth * NUMBERS_PER_DEPTH;
    const newest = base + this.compared[depth]! * 2;
    for (let i = base; i < newest; i += 2) {
      if (equalRanges(bytes, this.ranges[i]!, this.ranges[i + 1]!, from, to)) return 'duplicate-key';
    }
    this.ranges[newest] = from;
    this.ranges[newest + 1] = to;
    this.compared[depth]!++;
    return null;
  }

  private addToSet(depth: number, set: Set<string>, text: string): ParseFault | null {
    if (text === FORBIDDEN_KEY) return 'forbidden-key';
    if (this.count(depth) !== null) return 'too-many-fields';
    const sizeBefore = set.size;
    return set.add(prefixed(text)).size === sizeBefore ? 'duplicate-key' : null;
  }

  /** Replaces the object's byte ranges by a Set of decoded keys. */
  private makeSet(depth: number, bytes: Uint8Array): Set<string> {
    const set = new Set<string>();
    const base = depth * NUMBERS_PER_DEPTH;
    for (let i = base; i < base + this.compared[depth]! * 2; i += 2) {
      set.add(prefixed(decodeText(bytes, this.ranges[i]!, this.ranges[i + 1]!, false)));
    }
    this.sets[depth] = set;
    return set;
  }
}

const FORBIDDEN_KEY = '__proto__';
const FORBIDDEN_BYTES = Buffer.from(FORBIDDEN_KEY);

/** V8 hashes texts like "17" without its secret seed. The prefix keeps a sender from choosing keys that collide. */
function prefixed(text: string): string {
  return `"${text}`;
}

function isForbidden(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from !== FORBIDDEN_BYTES.length) return false;
  for (let i = 0; i < FORBIDDEN_BYTES.length; i++) if (bytes[from + i] !== FORBIDDEN_BYTES[i]) return false;
  return true;
}

function equalRanges(bytes: Uint8Array, aFrom: number, aTo: number, bFrom: number, bTo: number): boolean {
  const length = aTo - aFrom;
  if (length !== bTo - bFrom) return false;
  for (let i = 0; i < length; i++) if (bytes[aFrom + i] !== bytes[bFrom + i]) return false;
  return true;
}

import { NumberScanner } from '../json/number';
import { textBytesInSteps } from './steps';
import { parseFields, readNames } from './strict-reader';
import type { Tree } from './tree';

/** The fields of a tree's text before its first long array. */
const HEAD_FIELDS = ['format', 'features', 'classes'];
const HEAD_END = ',"feature":[';
/** Reading them takes less than 0.1 ms; less than 1 ms while V8 has not compiled the code. */
const STEP_BYTES = 8_192;
const INT32_MAX = 2 ** 31 - 1;
const UINT32_MAX = 2 ** 32 - 1;

/**
 * The fast path of decoding: reads a tree's text as `encodeTree` writes it, straight into the tree's arrays, in steps
 * (steps.ts) of `STEP_BYTES`. JSON.parse of the same text takes several times as long without a pause, and leaves an
 * object a node for the garbage collector.
 *
 * Returns the tree that `readStrictTree` would return, or null for any other spelling and for any fault. The caller
 * then uses the strict reader, which accepts the text or names its fault. Does not check the tree's invariants.
 */
export function* readCanonicalTree(text: string, format: string): Generator<void, Tree | null> {
  const head = readHead(text, format);
  if (head === null) return null;
  const { featureNames, classNames } = head;
  const bytes = yield* textBytesInSteps(text);
  const cursor = new CanonicalCursor(bytes, head.bytes);

  // An index takes at least two bytes, a digit and a comma.
  const nodesMax = (bytes.indexOf(']', head.bytes) - head.bytes) >> 1;
  const indices = new Int32Array(Math.max(0, nodesMax));
  const nodes = yield* readColumn(cursor, HEAD_END, indices.length, takeIndices(cursor, indices));
  const feature = indices.slice(0, nodes);
  const threshold = new Float64Array(nodes);
  const left = new Int32Array(nodes);
  const right = new Int32Array(nodes);
  const classCounts = new Uint32Array(nodes * classNames.length);
  const isRead =
    nodes > 0 &&
    (yield* readColumn(cursor, ',"threshold":[', nodes, takeDoubles(cursor, threshold))) === nodes &&
    (yield* readColumn(cursor, ',"left":[', nodes, takeIndices(cursor, left))) === nodes &&
    (yield* readColumn(cursor, ',"right":[', nodes, takeIndices(cursor, right))) === nodes &&
    (yield* readColumn(
      cursor,
      ',"classCounts":[',
      nodes,
      takeCounts(cursor, classCounts, classNames.length),
    )) === nodes &&
    cursor.take('}') &&
    cursor.isAtEnd;
  return isRead ? { featureNames, classNames, feature, threshold, left, right, classCounts } : null;
}

/** Parses the names with JSON.parse, since they are few; `bytes` is the number of bytes before the first array. */
function readHead(text: string, format: string) {
  const headEnd = text.indexOf(HEAD_END);
  if (headEnd < 0) return null;
  const head = text.slice(0, headEnd);
  try {
    const fields = parseFields(`${head}}`, format, HEAD_FIELDS);
    const featureNames = readNames(fields, 'features');
    const classNames = readNames(fields, 'classes');
    return { featureNames, classNames, bytes: Buffer.byteLength(head) };
  } catch {
    // The strict reader finds the same fault and throws it.
    return null;
  }
}

/** Reads the value of one node at the cursor; false when there is no valid value. */
type TakeNode = (node: number) => boolean;

/** Reads one array with an entry a node, brackets included. Returns the number of entries; 0 on any fault. */
function* readColumn(
  cursor: CanonicalCursor,
  opening: string,
  nodesMax: number,
  takeNode: TakeNode,
): Generator<void, number> {
  if (!cursor.take(opening)) return 0;
  let pauseAt = cursor.at + STEP_BYTES;
  for (let node = 0; node < nodesMax; node++) {
    if (!takeNode(node)) return 0;
    const after = cursor.takeByte();
    if (after === CLOSE) return node + 1;
    if (after !== COMMA) return 0;
    if (cursor.at < pauseAt) continue;
    yield;
    pauseAt = cursor.at + STEP_BYTES;
  }
  return 0;
}

function takeIndices(cursor: CanonicalCursor, into: Int32Array): TakeNode {
  return (node) => {
    const index = cursor.takeIndex(INT32_MAX);
    into[node] = index;
    return index !== NOT_HERE;
  };
}

function takeDoubles(cursor: CanonicalCursor, into: Float64Array): TakeNode {
  return (node) => {
    const value = cursor.takeDouble();
    into[node] = value;
    return value !== NOT_HERE;
  };
}

/** `[rows of class 0,rows of class 1,…]` */
function takeCounts(cursor: CanonicalCursor, into: Uint32Array, classes: number): TakeNode {
  return (node) => {
    if (cursor.takeByte() !== OPEN) return false;
    for (let k = 0; k < classes; k++) {
      const count = cursor.takeCount(UINT32_MAX);
      if (count === NOT_HERE || cursor.takeByte() !== (k + 1 < classes ? COMMA : CLOSE)) return false;
      into[node * classes + k] = count;
    }
    return true;
  };
}

/** The cursor's answer when the requested kind of number is not at its place. */
const NOT_HERE = Number.NEGATIVE_INFINITY;

/** A cursor over the bytes of canonical JSON. Each `take` method reads one token at `at` and moves behind it. */
class CanonicalCursor {
  private readonly numbers = new NumberScanner();

  constructor(
    private readonly bytes: Uint8Array,
    /** The next byte to read. */
    public at: number,
  ) {}

  get isAtEnd(): boolean {
    return this.at === this.bytes.length;
  }

  /** Whether the ASCII text `text` comes next. */
  take(text: string): boolean {
    const { bytes, at } = this;
    for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
    this.at = at + text.length;
    return true;
  }

  /** The next byte; past the end 0, which JSON never contains. */
  takeByte(): number {
    return this.at < this.bytes.length ? this.bytes[this.at++]! : 0;
  }

  /** A whole number from 0 to `max`, which is at most 2^53 − 1; else NOT_HERE. */
  takeCount(max: number): number {
    const { bytes, at: from } = this;
    const end = bytes.length;
    let at = from;
    let value = 0;
    for (; at < end; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (at === from || value > max || (bytes[from] === ZERO && at - from > 1)) return NOT_HERE;
    this.at = at;
    return value;
  }

  /** A whole number from −1 to `max`; else NOT_HERE. */
  takeIndex(max: number): number {
    const { bytes, at } = this;
    if (bytes[at] !== MINUS) return this.takeCount(max);
    if (bytes[at + 1] !== ONE) return NOT_HERE;
    this.at = at + 2;
    return -1;
  }

  /** A finite number; else NOT_HERE. −0 is refused because canonical JSON writes 0. */
  takeDouble(): number {
    const { bytes, numbers, at } = this;
    // Half of a tree's thresholds are the 0 of a leaf.
    if (bytes[at] === ZERO && bytes[at + 1] === COMMA) {
      this.at = at + 1;
      return 0;
    }
    if (!numbers.scan(bytes, at, bytes.length)) return NOT_HERE;
    const value = numbers.value();
    if (!Number.isFinite(value) || (value === 0 && bytes[at] === MINUS)) return NOT_HERE;
    this.at = numbers.next;
    return value;
  }
}

const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const ONE = 0x31;
const OPEN = 0x5b;
const CLOSE = 0x5d;

import { CanonicalCursor, NOT_HERE } from './canonical-cursor';
import { textBytesInSteps } from './text-parts';
import type { Tree } from './tree';
import { parseFields, readNames } from './tree-fields';

/** What a tree's text holds before its first long array. */
const HEAD_FIELDS = ['format', 'features', 'classes'];
const HEAD_END = ',"feature":[';
/** Less than 0.1 ms of reading, and less than one while the code has not been compiled yet. */
const STEP_BYTES = 8_192;
const INT32_MAX = 2 ** 31 - 1;
const UINT32_MAX = 2 ** 32 - 1;

/**
 * Reads the text of a tree as `encodeTree` writes it, straight into the tree's arrays and in steps of `STEP_BYTES`, so
 * that others may have their turn in between. JSON.parse of the same text takes several times as long, in one go, and
 * leaves an object a node for the garbage collector.
 *
 * What is taken here, JSON.parse reads as the same tree; its invariants are not checked yet. Nothing is refused: null
 * means that the text is written in another way, and the strict reader either takes it or names its fault.
 */
export function* readCanonicalTree(text: string, format: string): Generator<void, Tree | null> {
  const head = readHead(text, format);
  if (head === null) return null;
  const { featureNames, classNames } = head;
  const bytes = yield* textBytesInSteps(text);
  const cursor = new CanonicalCursor(bytes, head.bytes);

  // An index takes a digit and a comma at least, so there are no more of them than this.
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

/** The names, which JSON.parse may have since they are few, and the bytes before the first array. */
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
    // The strict reader comes to the same fault and tells it.
    return null;
  }
}

/** Takes the value of one node where the cursor stands; false when there is none. */
type TakeNode = (node: number) => boolean;

/** Reads one array with an entry a node, its brackets included. Gives the number of entries; 0 when it is none. */
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

const OPEN = 0x5b;
const CLOSE = 0x5d;
const COMMA = 0x2c;

import { LocalStack } from './local-stack';
import { ValueSort } from './sort-values';

/** What lists and values of the room that is kept may weigh: those of forty features, 2,048 rows, 12 bytes each. */
const KEPT_BYTES_MAX = 2 ** 20;
/** Windows that grow row by row are not to need a new room each. */
const CAPACITY_MIN = 256;

let kept: LocalRoom | null = null;

/**
 * The arrays that a LocalFit works in. Making them takes a third of the time of fitting 150 rows, so they are kept for
 * the next fit. What is in them counts only until the subtree is done: fits may share them, also if they take turns.
 */
export class LocalRoom {
  /** What LocalEntries gives out, shape [features, capacity] each; `isUntied` is [features]. */
  readonly entries: Int32Array;
  readonly distinct: Float64Array;
  readonly isUntied: Uint8Array;
  /** Of rows by their number within the subtree, shape [capacity] each. */
  readonly classes: Uint8Array;
  readonly values: Float64Array;
  readonly bucketOfRow: Uint16Array;
  readonly goesLeft: Uint8Array;
  readonly aside: Int32Array;
  /** Shape [buckets] each, and at least [capacity]. */
  bucketSizes: Uint32Array;
  bucketRanks: Int32Array;
  readonly valueSort: ValueSort;
  readonly stack = new LocalStack();

  constructor(
    readonly features: number,
    readonly capacity: number,
  ) {
    this.entries = new Int32Array(features * capacity);
    this.distinct = new Float64Array(features * capacity);
    this.isUntied = new Uint8Array(features);
    this.classes = new Uint8Array(capacity);
    this.values = new Float64Array(capacity);
    this.bucketOfRow = new Uint16Array(capacity);
    this.bucketSizes = new Uint32Array(capacity);
    this.bucketRanks = new Int32Array(capacity);
    this.goesLeft = new Uint8Array(capacity);
    this.aside = new Int32Array(capacity);
    this.valueSort = new ValueSort(capacity);
  }

  /** Room for subtrees of at most `rows` rows. */
  static for(features: number, rows: number): LocalRoom {
    if (kept !== null && kept.features >= features && kept.capacity >= rows) return kept;
    const room = new LocalRoom(features, Math.max(rows, CAPACITY_MIN));
    if (room.entries.byteLength + room.distinct.byteLength <= KEPT_BYTES_MAX) kept = room;
    return room;
  }

  /** Makes room for so many buckets. */
  growBuckets(buckets: number): void {
    if (buckets <= this.bucketSizes.length) return;
    this.bucketSizes = new Uint32Array(buckets);
    this.bucketRanks = new Int32Array(buckets);
  }
}

import type { RowFault } from '../errors';
import { JsonScanner, OPEN_ARRAY, OPEN_OBJECT } from '../json/scanner';
import { FeatureReader } from './feature-reader';
import { KnownFields, NO_FIELD } from './known-fields';
import { type RequestFaultAt, RequestFaults, SINGLE_ROW } from './request-faults';
import type { RowFaultSink } from './row-fault-sink';

/** What a prediction request asks for, or why it is refused. */
export type RequestRead = RowsRead | RequestRefused;

export interface RowsRead {
  readonly ok: true;
  /** True for one bare row, whose answer is bare too; false for a list, also of one. */
  readonly single: boolean;
  readonly rowCount: number;
  /** Row-major, shape [rowCount, features]; finite, and never −0. */
  readonly features: Float64Array;
}

export interface RequestRefused {
  readonly ok: false;
  /** 400: it cannot be parsed; 422: parsed, but not acceptable. */
  readonly status: 400 | 422;
  /** At least one and at most `REQUEST_FAULTS_MAX`. */
  readonly faults: readonly RequestFaultAt[];
}

/**
 * Reads the body of a prediction request: `{"data": …}` with one row or a list of rows, each by position or by name.
 * It is the log's scanner with the log's rules, without a label. Never throws.
 *
 * An array is one row by position as soon as it holds anything that is neither array nor object, and a list of rows
 * otherwise; an empty one is an empty list.
 */
export class RequestReader implements RowFaultSink {
  private readonly scanner = new JsonScanner();
  private readonly envelope = new KnownFields(this.scanner, ['data']);
  private readonly rows: FeatureReader;
  private readonly faults: RequestFaults;
  private readonly featureCount: number;
  private features = EMPTY;
  private rowCount = 0;
  private single = false;

  constructor(
    featureNames: readonly string[],
    private readonly rowsMax: number,
  ) {
    this.featureCount = featureNames.length;
    this.rows = new FeatureReader(this.scanner, this, featureNames, 'reject');
    this.faults = new RequestFaults(featureNames);
  }

  read(bytes: Uint8Array): RequestRead {
    const { scanner, faults } = this;
    faults.clear();
    this.rowCount = 0;
    this.single = false;
    scanner.start(bytes, 0, bytes.length);
    if (this.readBody()) scanner.finish();
    const { features, rowCount, single } = this;
    this.features = EMPTY;
    if (scanner.fault !== null)
      return { ok: false, status: 400, faults: [{ pointer: '', code: scanner.fault }] };
    if (!faults.isEmpty) return { ok: false, status: 422, faults: faults.take() };
    return { ok: true, single, rowCount, features: features.subarray(0, rowCount * this.featureCount) };
  }

  note(fault: RowFault, feature: number): void {
    this.faults.noteRow(fault, feature);
  }

  private readBody(): boolean {
    const { scanner, envelope, faults } = this;
    if (scanner.peek() !== OPEN_OBJECT) {
      faults.noteBody('', 'not-an-object');
      return scanner.skipValue(0);
    }
    if (!envelope.begin(0)) return false;
    let hasUnknown = false;
    for (let field = envelope.next(); field !== NO_FIELD; field = envelope.next()) {
      if (field === DATA) {
        this.readData();
      } else {
        hasUnknown = true;
        scanner.skipValue(1);
      }
      if (scanner.fault !== null) return false;
    }
    if (!envelope.has(DATA)) faults.noteBody('/data', 'missing-data');
    // The pointer is the whole body's: a key that the client made up is not sent back.
    if (hasUnknown) faults.noteBody('', 'unknown-key');
    return scanner.fault === null;
  }

  private readData(): void {
    const { scanner } = this;
    const byte = scanner.peek();
    const from = scanner.at;
    if (byte === OPEN_ARRAY && this.readList()) return;
    // Not a list: the same bytes are read, once more if it looked like one, as one row.
    scanner.at = from;
    this.faults.clear();
    this.faults.beginRow(SINGLE_ROW, byte === OPEN_OBJECT);
    this.single = true;
    this.rowCount = 1;
    this.features = new Float64Array(this.featureCount);
    this.rows.read(this.features, 0, 1);
  }

  /** False when the array holds something that is neither array nor object; true also after a parse fault. */
  private readList(): boolean {
    const { scanner, faults, featureCount, rowsMax } = this;
    if (!scanner.enter(1)) return true;
    let count = 0;
    while (scanner.nextElement(count === 0)) {
      const byte = scanner.peek();
      if (byte !== OPEN_ARRAY && byte !== OPEN_OBJECT) return false;
      if (count < rowsMax) {
        faults.beginRow(count, byte === OPEN_OBJECT);
        this.reserve();
        this.rows.read(this.features, this.rowCount * featureCount, 2);
        // A refused request needs no values, so the rows after its first fault share one place.
        if (faults.isEmpty) this.rowCount++;
      } else {
        scanner.skipValue(2);
      }
      if (scanner.fault !== null) return true;
      count++;
    }
    if (count === 0 && scanner.fault === null) faults.noteBody('/data', 'empty-rows');
    if (count > rowsMax) {
      faults.clear();
      faults.noteBody('/data', 'too-many-rows');
    }
    return true;
  }

  /**
   * Makes room for one more row, and for those that are still to come if they are about as long as those before: so a
   * list is read with two allocations and not with ten. Memory follows the rows that passed and the bytes that are
   * left, so it is bounded by the body's length.
   */
  private reserve(): void {
    const { rowCount, featureCount, scanner } = this;
    const needed = (rowCount + 1) * featureCount;
    if (needed <= this.features.length) return;
    const rowsExpected = Math.min(this.rowsMax, Math.ceil((rowCount * scanner.end) / scanner.at) + 1);
    const grown = new Float64Array(Math.max(needed, rowsExpected * featureCount));
    grown.set(this.features);
    this.features = grown;
  }
}

const EMPTY = new Float64Array(0);
const DATA = 0;

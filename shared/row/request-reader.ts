import type { RowFault } from '../errors';
import { JsonScanner, OPEN_ARRAY, OPEN_OBJECT } from '../json/scanner';
import { KnownFields, NO_FIELD } from './known-fields';
import { type RequestFaultAt, RequestFaults, SINGLE_ROW } from './request-faults';
import { type RowErrorCollector, StrictFeatureReader } from './strict-fields';

/** The rows of a prediction request, or the reasons of its refusal. */
export type RequestRead = RowsRead | RequestRefused;

export interface RowsRead {
  readonly ok: true;
  /** True for one bare row, which gets a bare answer; false for a list, even of one row. */
  readonly single: boolean;
  readonly rowCount: number;
  /** Row-major, shape [rowCount, features]; finite, and never −0. */
  readonly features: Float64Array;
}

interface RequestRefused {
  readonly ok: false;
  /** 400: the body cannot be parsed; 422: the body parses but breaks another rule. */
  readonly status: 400 | 422;
  /** At least one and at most `REQUEST_FAULTS_MAX`. */
  readonly faults: readonly RequestFaultAt[];
}

/**
 * Reads the body of a prediction request: `{"data": …}` with one row or a list of rows, each by position or by name, by
 * the rules of the log's rows but without a label. Never throws.
 *
 * An array with an element that is neither an array nor an object is one row by position. Any other array, also an empty
 * one, is a list of rows.
 */
export class RequestReader implements RowErrorCollector {
  private readonly scanner = new JsonScanner();
  private readonly envelope = new KnownFields(this.scanner, ['data']);
  private readonly rows: StrictFeatureReader;
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
    this.rows = new StrictFeatureReader(this.scanner, this, featureNames, 'reject');
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
    // The pointer names the whole body, because an answer never repeats a key of the client.
    if (hasUnknown) faults.noteBody('', 'unknown-key');
    return scanner.fault === null;
  }

  private readData(): void {
    const { scanner } = this;
    const byte = scanner.peek();
    const from = scanner.at;
    if (byte === OPEN_ARRAY && this.readList()) return;
    // Not a list, so the same bytes are read as one row; an array is read a second time.
    scanner.at = from;
    this.faults.clear();
    this.faults.beginRow(SINGLE_ROW, byte === OPEN_OBJECT);
    this.single = true;
    this.rowCount = 1;
    this.features = new Float64Array(this.featureCount);
    this.rows.read(this.features, 0, 1);
  }

  /** Returns false for an array with an element that is neither an array nor an object; true also on a parse fault. */
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
        // A refused request needs no values, so all rows after its first error share one place.
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
   * Reserves one more row. On growth it also reserves the rows that the rest of the body holds if they are as long as
   * the rows so far, so a list takes two allocations and not ten. The body's length bounds the memory.
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

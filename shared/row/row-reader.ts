import { ROW_FAULTS, type RowFault } from '../errors';
import { JsonScanner, OPEN_OBJECT } from '../json/scanner';
import { FastRowReader, lineEnd, NEEDS_STRICT } from './fast-row';
import { KnownFields, NO_FIELD } from './known-fields';
import type { Schema } from './schema';
import { type RowErrorCollector, StrictFeatureReader, StrictLabelReader } from './strict-fields';

/** Is part of every version's record. A change to which rows are accepted, or to their values, must raise `behaviour`. */
export const ROW_READER = { name: 'rows', behaviour: 1 } as const;

/**
 * Reads one labelled row of the log from its bytes, in the layout of a schema: by the fast path (fast-row.ts) where the
 * row's spelling allows it, otherwise by the strict readers (strict-fields.ts). An accepted row allocates nothing.
 *
 * A rejected row has one fault. A parse fault takes precedence wherever it is in the row; of several parse faults it is
 * the first in byte order. Of other faults it is the first in `ROW_FAULTS`, so the order of fields does not change it.
 */
export class RowReader implements RowErrorCollector {
  /** The reason of the last rejected row. */
  fault: RowFault = 'invalid-json';
  /** The end of the last line that `readLine` read. */
  end = 0;

  private readonly scanner = new JsonScanner();
  private readonly label: StrictLabelReader;
  private readonly features: StrictFeatureReader;
  /** The fields `data` and `label`; null in the flat layout. */
  private readonly envelope: KnownFields | null;
  /** Null in the flat layout. */
  private readonly fastPath: FastRowReader | null;
  private readonly extraFields: Schema['extraFields'];
  /** The index of the row's fault in `ROW_FAULTS`. */
  private worst: number = NO_FAULT;

  constructor(schema: Schema) {
    const { layout, extraFields, features, label } = schema;
    const names = features.map((feature) => feature.name);
    this.extraFields = extraFields;
    this.label = new StrictLabelReader(this.scanner, this, label.classes);
    if (layout === 'flat') {
      this.envelope = null;
      this.fastPath = null;
      this.features = new StrictFeatureReader(this.scanner, this, names, extraFields, this.label, label.name);
    } else {
      this.envelope = new KnownFields(this.scanner, ['data', 'label']);
      this.fastPath = new FastRowReader(names.length, label.classes);
      this.features = new StrictFeatureReader(this.scanner, this, names, extraFields);
    }
  }

  /**
   * Reads the row in [from, to) of `bytes`. Returns its class index and writes its features, finite and never −0, to
   * `into[at …]`. For a rejected row it returns −1 and sets `fault`, and the values in `into` are undefined.
   */
  read(bytes: Uint8Array, from: number, to: number, into: Float64Array, at: number): number {
    if (this.fastPath !== null) {
      const classIndex = this.fastPath.read(bytes, from, to, into, at);
      if (classIndex !== NEEDS_STRICT && this.fastPath.end === to) return classIndex;
    }
    return this.readStrictly(bytes, from, to, into, at);
  }

  /** `read` for the row that starts at `from` and ends at the next newline or at `to`; sets `end`. */
  readLine(bytes: Uint8Array, from: number, to: number, into: Float64Array, at: number): number {
    if (this.fastPath !== null) {
      const classIndex = this.fastPath.read(bytes, from, to, into, at);
      this.end = this.fastPath.end;
      if (classIndex !== NEEDS_STRICT) return classIndex;
    }
    this.end = lineEnd(bytes, from, to);
    return this.readStrictly(bytes, from, this.end, into, at);
  }

  private readStrictly(bytes: Uint8Array, from: number, to: number, into: Float64Array, at: number): number {
    const { scanner, label } = this;
    this.worst = NO_FAULT;
    label.begin();
    scanner.start(bytes, from, to);
    if (this.readRow(into, at)) scanner.finish();
    if (scanner.fault !== null) this.fault = scanner.fault;
    else if (this.worst !== NO_FAULT) this.fault = ROW_FAULTS[this.worst]!;
    else return label.classIndex;
    return -1;
  }

  note(fault: RowFault): void {
    this.worst = Math.min(this.worst, ROW_FAULTS.indexOf(fault));
  }

  private readRow(into: Float64Array, at: number): boolean {
    if (this.scanner.peek() !== OPEN_OBJECT) {
      this.note('not-an-object');
      return this.scanner.skipValue(0);
    }
    const isRead =
      this.envelope === null
        ? this.features.readNamed(into, at, 0)
        : this.readEnvelope(this.envelope, into, at);
    if (isRead) this.label.finish();
    return isRead;
  }

  private readEnvelope(envelope: KnownFields, into: Float64Array, at: number): boolean {
    const { scanner } = this;
    if (!envelope.begin(0)) return false;
    for (let field = envelope.next(); field !== NO_FIELD; field = envelope.next()) {
      if (field === DATA) {
        this.features.read(into, at, 1);
      } else if (field === LABEL) {
        this.label.read(1);
      } else {
        if (this.extraFields === 'reject') this.note('unknown-key');
        scanner.skipValue(1);
      }
      if (scanner.fault !== null) return false;
    }
    if (!envelope.has(DATA)) this.note('missing-data');
    return scanner.fault === null;
  }
}

const NO_FAULT = ROW_FAULTS.length;
const DATA = 0;
const LABEL = 1;

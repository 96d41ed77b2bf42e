import { ROW_FAULTS, type RowFault } from '../errors';
import { JsonScanner, OPEN_OBJECT } from '../json/scanner';
import { CanonicalRow, lineEnd, NOT_CANONICAL } from './canonical-row';
import { FeatureReader } from './feature-reader';
import { KnownFields, NO_FIELD } from './known-fields';
import { LabelReader } from './label-reader';
import type { RowFaultSink } from './row-fault-sink';
import type { Schema } from './schema';

/** Stands in every version's record: whoever changes which rows pass, or what they become, raises `behaviour`. */
export const ROW_READER = { name: 'rows', behaviour: 1 } as const;

/**
 * Reads one labelled row of the log from its bytes, in the layout of a schema. No object, string or closure is made
 * for a row that passes.
 *
 * A row has one fault. One that cannot be parsed comes before all others, wherever it stands in the row, the first in
 * byte order. Of the others it is the one that stands first in `ROW_FAULTS`, so the order of fields in a row does not
 * change its reason.
 */
export class RowReader implements RowFaultSink {
  /** Why `read` gave −1 the last time that it did. */
  fault: RowFault = 'invalid-json';
  /** Where the line ended that `readLine` read last. */
  end = 0;

  private readonly scanner = new JsonScanner();
  private readonly label: LabelReader;
  private readonly features: FeatureReader;
  /** The fields around the features; null in the flat layout, which has none. */
  private readonly envelope: KnownFields | null;
  /** Null in the flat layout. */
  private readonly canonical: CanonicalRow | null;
  private readonly extraFields: Schema['extraFields'];
  /** The place of the row's fault in `ROW_FAULTS`. */
  private worst: number = NO_FAULT;

  constructor(schema: Schema) {
    const { layout, extraFields, features, label } = schema;
    const names = features.map((feature) => feature.name);
    this.extraFields = extraFields;
    this.label = new LabelReader(this.scanner, this, label.classes);
    if (layout === 'flat') {
      this.envelope = null;
      this.canonical = null;
      this.features = new FeatureReader(this.scanner, this, names, extraFields, this.label, label.name);
    } else {
      this.envelope = new KnownFields(this.scanner, ['data', 'label']);
      this.canonical = new CanonicalRow(names.length, label.classes);
      this.features = new FeatureReader(this.scanner, this, names, extraFields);
    }
  }

  /**
   * Reads the row in [from, to) of `bytes`. Gives its class index, and its features, finite and never −0, in
   * `into[at …]`; or −1, with the reason in `fault` and nothing meant by what stands in `into`.
   */
  read(bytes: Uint8Array, from: number, to: number, into: Float64Array, at: number): number {
    if (this.canonical !== null) {
      const classIndex = this.canonical.read(bytes, from, to, into, at);
      if (classIndex !== NOT_CANONICAL && this.canonical.end === to) return classIndex;
    }
    return this.readStrictly(bytes, from, to, into, at);
  }

  /** The same for the row that begins at `from` and ends at the next newline, or at `to` where there is none. */
  readLine(bytes: Uint8Array, from: number, to: number, into: Float64Array, at: number): number {
    if (this.canonical !== null) {
      const classIndex = this.canonical.read(bytes, from, to, into, at);
      this.end = this.canonical.end;
      if (classIndex !== NOT_CANONICAL) return classIndex;
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

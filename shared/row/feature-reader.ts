import { type JsonScanner, OPEN_ARRAY, OPEN_OBJECT } from '../json/scanner';
import { KnownFields, NO_FIELD } from './known-fields';
import type { LabelReader } from './label-reader';
import { NOT_PLAIN, readPlainRow } from './plain-row';
import { type RowFaultSink, WHOLE_ROW } from './row-fault-sink';

/**
 * Reads the features of one row, by position or by name, into an array that the caller gives. After a fault the
 * values there mean nothing. All readers answer false after a parse fault, which stands in the scanner.
 */
export class FeatureReader {
  private readonly featureCount: number;
  private readonly fields: KnownFields;

  /** `label` with its `labelName` is a field of the same object in the flat layout; null elsewhere. */
  constructor(
    private readonly scanner: JsonScanner,
    private readonly sink: RowFaultSink,
    featureNames: readonly string[],
    private readonly extraFields: 'reject' | 'ignore',
    private readonly label: LabelReader | null = null,
    labelName = '',
  ) {
    this.featureCount = featureNames.length;
    this.fields = new KnownFields(scanner, label === null ? featureNames : [...featureNames, labelName]);
  }

  /** Reads an array or a named object; anything else is `data-type`. */
  read(into: Float64Array, at: number, depth: number): boolean {
    const byte = this.scanner.peek();
    if (byte === OPEN_ARRAY) return this.readPositional(into, at, depth);
    if (byte === OPEN_OBJECT) return this.readNamed(into, at, depth);
    this.sink.note('data-type', WHOLE_ROW);
    return this.scanner.skipValue(depth);
  }

  /** Reads the array whose bracket is next: as many numbers as there are features. */
  readPositional(into: Float64Array, at: number, depth: number): boolean {
    const { scanner, featureCount } = this;
    const ended = readPlainRow(scanner.bytes, scanner.at, scanner.end, featureCount, into, at);
    if (ended !== NOT_PLAIN) {
      scanner.at = ended;
      return true;
    }
    if (!scanner.enter(depth)) return false;
    let count = 0;
    while (scanner.nextElement(count === 0)) {
      if (count < featureCount) this.readFeature(count, into, at, depth + 1);
      else scanner.skipValue(depth + 1);
      if (scanner.fault !== null) return false;
      count++;
    }
    if (scanner.fault !== null) return false;
    if (count !== featureCount) this.sink.note('feature-count', WHOLE_ROW);
    return true;
  }

  /** Reads the object whose brace is next: every feature under its name, in any order. */
  readNamed(into: Float64Array, at: number, depth: number): boolean {
    const { scanner, fields, featureCount } = this;
    if (!fields.begin(depth)) return false;
    let featuresSeen = 0;
    let hasUnknown = false;
    for (let field = fields.next(); field !== NO_FIELD; field = fields.next()) {
      if (field === featureCount) {
        this.label!.read(depth + 1);
      } else if (field >= 0) {
        featuresSeen++;
        this.readFeature(field, into, at, depth + 1);
      } else {
        hasUnknown = true;
        scanner.skipValue(depth + 1);
      }
      if (scanner.fault !== null) return false;
    }
    if (scanner.fault !== null) return false;
    if (featuresSeen < featureCount) this.noteMissing();
    if (hasUnknown && this.extraFields === 'reject') this.sink.note('unknown-feature', WHOLE_ROW);
    return true;
  }

  private readFeature(feature: number, into: Float64Array, at: number, depth: number): void {
    const { scanner } = this;
    if (!startsNumber(scanner.peek())) {
      this.sink.note('feature-type', feature);
      scanner.skipValue(depth);
      return;
    }
    const value = scanner.readNumber();
    into[at + feature] = value;
    // NaN stands for a parse fault, which the scanner has already; only an infinite value is the row's own.
    if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) {
      this.sink.note('non-finite', feature);
    }
  }

  private noteMissing(): void {
    for (let feature = 0; feature < this.featureCount; feature++) {
      if (!this.fields.has(feature)) this.sink.note('missing-feature', feature);
    }
  }
}

function startsNumber(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2d;
}

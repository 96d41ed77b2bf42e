import type { RowFault } from '../errors';
import { type JsonScanner, OPEN_ARRAY, OPEN_OBJECT } from '../json/scanner';
import { QUOTE } from '../json/tokens';
import { NEEDS_STRICT, readNumbersFast } from './fast-row';
import { KnownFields, NO_FIELD } from './known-fields';
import { NameTable } from './name-table';

/**
 * Reads the features of one row in any valid JSON spelling, by position or by name, into the caller's array. An array of
 * numbers takes the fast path first. After an error the values in the array are undefined. Each method returns false on
 * a parse fault, which `scanner.fault` then holds.
 */
export class StrictFeatureReader {
  private readonly featureCount: number;
  private readonly fields: KnownFields;

  /** In the flat layout `label` reads the field `labelName` of the same object; elsewhere `label` is null. */
  constructor(
    private readonly scanner: JsonScanner,
    private readonly errors: RowErrorCollector,
    featureNames: readonly string[],
    private readonly extraFields: 'reject' | 'ignore',
    private readonly label: StrictLabelReader | null = null,
    labelName = '',
  ) {
    this.featureCount = featureNames.length;
    this.fields = new KnownFields(scanner, label === null ? featureNames : [...featureNames, labelName]);
  }

  /** Reads an array or an object with named features; any other value is the error `data-type`. */
  read(into: Float64Array, at: number, depth: number): boolean {
    const byte = this.scanner.peek();
    if (byte === OPEN_ARRAY) return this.readPositional(into, at, depth);
    if (byte === OPEN_OBJECT) return this.readNamed(into, at, depth);
    this.errors.note('data-type', WHOLE_ROW);
    return this.scanner.skipValue(depth);
  }

  /** Reads the array whose bracket is next. It must have one number for each feature. */
  private readPositional(into: Float64Array, at: number, depth: number): boolean {
    const { scanner, featureCount } = this;
    const ended = readNumbersFast(scanner.bytes, scanner.at, scanner.end, featureCount, into, at);
    if (ended !== NEEDS_STRICT) {
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
    if (count !== featureCount) this.errors.note('feature-count', WHOLE_ROW);
    return true;
  }

  /** Reads the object whose brace is next. It must have every feature under its name, in any order. */
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
    if (hasUnknown && this.extraFields === 'reject') this.errors.note('unknown-feature', WHOLE_ROW);
    return true;
  }

  private readFeature(feature: number, into: Float64Array, at: number, depth: number): void {
    const { scanner } = this;
    if (!startsNumber(scanner.peek())) {
      this.errors.note('feature-type', feature);
      scanner.skipValue(depth);
      return;
    }
    const value = scanner.readNumber();
    into[at + feature] = value;
    // NaN is a parse fault, which the scanner has recorded. An infinite value is an error of the row.
    if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) {
      this.errors.note('non-finite', feature);
    }
  }

  private noteMissing(): void {
    for (let feature = 0; feature < this.featureCount; feature++) {
      if (!this.fields.has(feature)) this.errors.note('missing-feature', feature);
    }
  }
}

function startsNumber(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2d;
}

const NULL_START = 0x6e;

/** Reads a row's label, a text, into the index of its class. */
export class StrictLabelReader {
  /** The class index of the last row; −1 when its label is absent or unknown to the schema. */
  classIndex = -1;
  private wasRead = false;
  private readonly classes: NameTable;

  constructor(
    private readonly scanner: JsonScanner,
    private readonly errors: RowErrorCollector,
    classNames: readonly string[],
  ) {
    this.classes = new NameTable(classNames);
  }

  /** Starts a row. */
  begin(): void {
    this.classIndex = -1;
    this.wasRead = false;
  }

  /** Reads the next value. Null and the empty text are the error `missing-label`. */
  read(depth: number): void {
    const { scanner } = this;
    this.wasRead = true;
    const byte = scanner.peek();
    if (byte !== QUOTE) {
      this.errors.note(byte === NULL_START ? 'missing-label' : 'label-type', WHOLE_ROW);
      scanner.skipValue(depth);
      return;
    }
    if (!scanner.readString()) return;
    const { bytes, textFrom, textTo, textEscaped } = scanner;
    this.classIndex = this.classes.find(bytes, textFrom, textTo, textEscaped, -1);
    if (this.classIndex < 0)
      this.errors.note(textFrom === textTo ? 'missing-label' : 'unknown-class', WHOLE_ROW);
  }

  /** Ends a row; reports `missing-label` when it had no label field. */
  finish(): void {
    if (!this.wasRead) this.errors.note('missing-label', WHOLE_ROW);
  }
}

/**
 * Collects the errors of a row. Reading continues after an error, because a later parse fault takes precedence over it.
 */
export interface RowErrorCollector {
  /** `feature` is the index of the feature with the error, or WHOLE_ROW. */
  note(fault: RowFault, feature: number): void;
}

export const WHOLE_ROW = -1;

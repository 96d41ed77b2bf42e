import type { JsonScanner } from '../json/scanner';
import type { ParseFault } from '../json/tokens';
import { NameTable } from './name-table';

/** What `next` gives for a key that is not among the known ones. */
export const UNKNOWN_FIELD = -1;
/** What `next` gives when the object ended, or after a fault. */
export const NO_FIELD = -2;

/**
 * Walks over one object whose field names are known beforehand, in any order: each key becomes its index. Keys that
 * stand twice are faults whether they are known or not.
 */
export class KnownFields {
  private readonly names: NameTable;
  /** Name i was seen in this object when `seenIn[i]` is the object's number; so no clearing between objects. */
  private readonly seenIn: Float64Array;
  private objectNumber = 0;
  private depth = 0;
  private expected = 0;
  private isFirst = true;

  constructor(
    private readonly scanner: JsonScanner,
    names: readonly string[],
  ) {
    this.names = new NameTable(names);
    this.seenIn = new Float64Array(names.length);
  }

  /** Enters the object whose brace is next; `depth` objects and arrays are open around it. */
  begin(depth: number): boolean {
    this.objectNumber++;
    this.depth = depth + 1;
    this.expected = 0;
    this.isFirst = true;
    return this.scanner.enter(depth);
  }

  /** The index of the next field's name, with its value next in the scanner; or UNKNOWN_FIELD, or NO_FIELD. */
  next(): number {
    const { scanner } = this;
    if (!scanner.nextKey(this.isFirst)) return NO_FIELD;
    this.isFirst = false;
    const { bytes, textFrom, textTo, textEscaped } = scanner;
    const index = this.names.find(bytes, textFrom, textTo, textEscaped, this.expected);
    let fault: ParseFault | null;
    if (index >= 0) {
      fault = scanner.keys.count(this.depth);
      if (fault === null && this.has(index)) fault = 'duplicate-key';
      this.seenIn[index] = this.objectNumber;
      this.expected = index + 1;
    } else {
      fault = scanner.keys.add(this.depth, bytes, textFrom, textTo, textEscaped);
    }
    if (fault !== null) scanner.fail(fault);
    else if (scanner.takeColon()) return index;
    return NO_FIELD;
  }

  /** Whether the newest object held the name of this index. */
  has(index: number): boolean {
    return this.seenIn[index] === this.objectNumber;
  }
}

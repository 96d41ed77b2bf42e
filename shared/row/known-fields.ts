import type { JsonScanner } from '../json/scanner';
import type { ParseFault } from '../json/tokens';
import { NameTable } from './name-table';

/** The result of `next` at the end of the object, or after a fault. */
export const NO_FIELD = -2;

/**
 * Iterates over the fields of an object and maps each key to its index in a fixed list of names, in any order. A
 * duplicate key is a fault, also when the name is unknown.
 */
export class KnownFields {
  private readonly names: NameTable;
  /** `seenIn[i]` is the number of the last object with name i, so nothing must be cleared between objects. */
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

  /** Advances to the value of the next field; returns the index of its name, −1 for an unknown name, or NO_FIELD. */
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

  /** Whether the last object has a field with the name of this index. */
  has(index: number): boolean {
    return this.seenIn[index] === this.objectNumber;
  }
}

import type { JsonScanner } from '../json/scanner';
import { QUOTE } from '../json/tokens';
import { NameTable } from './name-table';
import { type RowFaultSink, WHOLE_ROW } from './row-fault-sink';

const NULL_START = 0x6e;

/** Reads a row's label into the index of its class. Labels are always text. */
export class LabelReader {
  /** The class of the newest row; −1 when the row has none that the schema names. */
  classIndex = -1;
  private wasRead = false;
  private readonly classes: NameTable;

  constructor(
    private readonly scanner: JsonScanner,
    private readonly sink: RowFaultSink,
    classNames: readonly string[],
  ) {
    this.classes = new NameTable(classNames);
  }

  /** Forgets the row before. */
  begin(): void {
    this.classIndex = -1;
    this.wasRead = false;
  }

  /** Reads the value that is next; null and empty text count as no label at all. */
  read(depth: number): void {
    const { scanner } = this;
    this.wasRead = true;
    const byte = scanner.peek();
    if (byte !== QUOTE) {
      this.sink.note(byte === NULL_START ? 'missing-label' : 'label-type', WHOLE_ROW);
      scanner.skipValue(depth);
      return;
    }
    if (!scanner.readString()) return;
    const { bytes, textFrom, textTo, textEscaped } = scanner;
    this.classIndex = this.classes.find(bytes, textFrom, textTo, textEscaped, -1);
    if (this.classIndex < 0)
      this.sink.note(textFrom === textTo ? 'missing-label' : 'unknown-class', WHOLE_ROW);
  }

  /** Notes `missing-label` when the row had no label field. */
  finish(): void {
    if (!this.wasRead) this.sink.note('missing-label', WHOLE_ROW);
  }
}

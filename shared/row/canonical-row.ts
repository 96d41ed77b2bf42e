import { NameTable } from './name-table';
import { NOT_PLAIN, readPlainRow } from './plain-row';

/** What `read` gives for a row that it leaves to the strict reader. */
export const NOT_CANONICAL = -1;

/**
 * Reads a row of the data layout as nearly every writer writes it: `{"data":[5.1,3.5,1.4,0.2],"label":"setosa"}`, or
 * with a space behind each colon and comma. A row of any other form, good or bad, is left to the strict reader, which
 * begins it again; so this one decides no row's fate, and is never asked why.
 *
 * All that follows the numbers is one of a few known texts, so it is looked up as a whole.
 */
export class CanonicalRow {
  /** Where the row ended that was read last. */
  end = 0;
  private readonly ends: NameTable;
  /** The class of each text in `ends`. */
  private readonly classOf: readonly number[];

  constructor(
    private readonly featureCount: number,
    classNames: readonly string[],
  ) {
    const ends: string[] = [];
    const classOf: number[] = [];
    for (const [classIndex, name] of classNames.entries()) {
      const text = JSON.stringify(name);
      // A name that is written with escapes has more than one spelling, and the strict reader knows them all.
      if (text !== `"${name}"`) continue;
      ends.push(`,"label":${text}}`, `, "label": ${text}}`);
      classOf.push(classIndex, classIndex);
    }
    this.ends = new NameTable(ends);
    this.classOf = classOf;
  }

  /**
   * Reads the row that begins at `from` and ends with its line or at `to`: nothing that comes before the label holds a
   * newline, so it is not looked for there. Gives its class index, and its features, finite and never −0, in
   * `into[at …]`; or NOT_CANONICAL, with nothing meant by what stands in `into`.
   */
  read(bytes: Uint8Array, from: number, to: number, into: Float64Array, at: number): number {
    for (let i = 0; i < BEGINNING.length; i++) {
      if (bytes[from + i] !== BEGINNING[i]) return NOT_CANONICAL;
    }
    let next = from + BEGINNING.length;
    if (bytes[next] === SPACE) next++;
    const ended = readPlainRow(bytes, next, to, this.featureCount, into, at);
    if (ended === NOT_PLAIN) return NOT_CANONICAL;
    this.end = lineEnd(bytes, ended, to);
    const found = this.ends.find(bytes, ended, this.end, false, -1);
    return found < 0 ? NOT_CANONICAL : this.classOf[found]!;
  }
}

/** Where the line ends that holds byte `from`: at its newline, or at `to`. */
export function lineEnd(bytes: Uint8Array, from: number, to: number): number {
  let end = from;
  while (end < to && bytes[end] !== LINE_FEED) end++;
  return end;
}

const LINE_FEED = 0x0a;
const BEGINNING = Uint8Array.from(Buffer.from('{"data":'));
const SPACE = 0x20;

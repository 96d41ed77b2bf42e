/** Facts about a tree that a file holds if its format has a place for them; an absent fact is left out. */
export interface TreeFacts {
  readonly model?: string;
  readonly version?: number;
  /** Hex sha256 of the tree's canonical text. */
  readonly digest?: string;
}

/** The tree's name in a file. */
export function nameOf({ model, version }: TreeFacts): string {
  return `${model ?? 'decision tree'}${version === undefined ? '' : ` ${version}`}`;
}

/** C0 and C1 controls, lone surrogates, line separators, and noncharacters that XML forbids. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\ufffe\uffff]/gu;

/** A name for a line of text: U+FFFD replaces each character that would break the line or the file. */
export function printable(name: string): string {
  return name.replace(UNPRINTABLE, '\ufffd');
}

/** Whether an XML file can hold a name unchanged. */
export function isPrintable(name: string): boolean {
  return printable(name) === name;
}

/** At most `max` characters of a text; the last one is an ellipsis when the text is longer. */
export function shortened(text: string, max: number): string {
  const characters = [...text];
  return characters.length <= max ? text : `${characters.slice(0, max - 1).join('')}…`;
}

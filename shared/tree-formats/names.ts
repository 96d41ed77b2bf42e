/** C0 and C1 controls, halves of surrogate pairs that stand alone, and what Unicode and XML call no character. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\ufffe\uffff]/gu;

/** A name as it can stand in a line of text: whatever would break the line, or the file, shows as U+FFFD. */
export function printable(name: string): string {
  return name.replace(UNPRINTABLE, '\ufffd');
}

/** True when a name can stand in any XML file and be read back as it was. */
export function isPrintable(name: string): boolean {
  return printable(name) === name;
}

/** At most `max` characters, the last of them an ellipsis where some were left out. */
export function shortened(text: string, max: number): string {
  const characters = [...text];
  return characters.length <= max ? text : `${characters.slice(0, max - 1).join('')}…`;
}

import { type Paint, plain } from './paint';

/** Lines of cells under a header, each column as wide as its widest cell. Colours take no room. */
export function tableText(
  header: readonly string[],
  lines: readonly (readonly string[])[],
  paint: Paint = plain,
): string {
  const table = [header, ...lines];
  const widths = header.map((_, column) => Math.max(...table.map((line) => line[column]!.length)));
  const aligned = table.map((line) => alignedLine(line, widths));
  return aligned.map((line, i) => `${i === 0 ? paint('head', line) : paintedWords(line, paint)}\n`).join('');
}

/** The words that an eye looks for in a table of versions. */
function paintedWords(line: string, paint: Paint): string {
  return line
    .replace(/\bchampion\b/, (word) => paint('good', word))
    .replace(/(?<!-)\bworse\b/, (word) => paint('bad', word));
}

function alignedLine(line: readonly string[], widths: readonly number[]): string {
  return line
    .map((cell, column) => cell.padEnd(widths[column]!))
    .join('  ')
    .trimEnd();
}

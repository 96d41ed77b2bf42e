import { styleText } from 'node:util';

/** The meaning of a piece of text; `STYLES` gives its look. */
export type Tone = 'head' | 'good' | 'bad' | 'dim';
export type Paint = (tone: Tone, text: string) => string;

const STYLES = { head: 'bold', good: 'green', bad: 'red', dim: 'dim' } as const;

/** Lines of cells under a header, each column as wide as its widest cell. Colours do not count as width. */
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

/** Colours for a terminal that shows them, unless `NO_COLOR` (no-color.org) is set and not empty. */
export function paintFor(out: NodeJS.WriteStream, environment: NodeJS.ProcessEnv = process.env): Paint {
  const { NO_COLOR = '', TERM } = environment;
  const isColoured = out.isTTY === true && TERM !== 'dumb' && NO_COLOR === '';
  return isColoured ? (tone, text) => styleText(STYLES[tone], text, { validateStream: false }) : plain;
}

/** Leaves text as it is: for files, pipes and programs. */
export const plain: Paint = (_, text) => text;

/** Colours the promotion results that a reader of a table of versions looks for. */
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

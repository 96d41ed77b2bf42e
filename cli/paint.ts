import { styleText } from 'node:util';

/** What a piece of text is, not how it looks. */
export type Tone = 'head' | 'good' | 'bad' | 'dim';
export type Paint = (tone: Tone, text: string) => string;

const STYLES = { head: 'bold', good: 'green', bad: 'red', dim: 'dim' } as const;

/** Leaves text as it is: for files, pipes and programs. */
export const plain: Paint = (_, text) => text;

/** Colours for a terminal that shows them, unless `NO_COLOR` (no-color.org) asks for none. */
export function paintFor(out: NodeJS.WriteStream, environment: NodeJS.ProcessEnv = process.env): Paint {
  const { NO_COLOR = '', TERM } = environment;
  const isColoured = out.isTTY === true && TERM !== 'dumb' && NO_COLOR === '';
  return isColoured ? (tone, text) => styleText(STYLES[tone], text, { validateStream: false }) : plain;
}

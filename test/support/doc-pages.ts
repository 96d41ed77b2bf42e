import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '../..');

/** One fenced block of a page; `info` is what follows the opening fence: language and mark. */
export interface Block {
  readonly info: string;
  readonly text: string;
  /** 1-based line of the opening fence. */
  readonly line: number;
}

/** A command block that is run, with the lines that its output must contain. */
export interface RunBlock {
  readonly script: string;
  readonly output: readonly string[];
  readonly line: number;
}

/** Every page for people: paths from the root. */
export function docPages(): string[] {
  const below = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `docs/${path.replaceAll('\\', '/')}`);
  const atRoot = readdirSync(ROOT).filter((path) => path.endsWith('.md'));
  return [...atRoot, 'bench/README.md', 'data/README.md', ...below].sort();
}

export function pageText(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

export function blocksOf(text: string): Block[] {
  return [...text.matchAll(/^```([^\n`]*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    info: match[1]!.trim(),
    text: match[2]!,
    line: text.slice(0, match.index).split('\n').length,
  }));
}

/**
 * The blocks with the info string `sh run`, each with the block behind it when the info string of that one ends in
 * `output`. Throws for a mark that nothing would read.
 */
export function runBlocksOf(text: string): RunBlock[] {
  const blocks = blocksOf(text);
  const isRun = (block: Block | undefined) => block?.info === 'sh run';
  const isOutput = (block: Block | undefined) => / output$/.test(block?.info ?? '');
  blocks.forEach((block, i) => {
    const isStray = isOutput(block) && !isRun(blocks[i - 1]);
    if (isStray || (/ /.test(block.info) && !isRun(block) && !isOutput(block)))
      throw new Error(`line ${block.line}: nothing reads the mark "${block.info}"`);
  });
  return blocks.flatMap((block, i) => {
    if (!isRun(block)) return [];
    const next = blocks[i + 1];
    const output = isOutput(next) ? next!.text.trimEnd().split('\n') : [];
    return [{ script: block.text, output, line: block.line }];
  });
}

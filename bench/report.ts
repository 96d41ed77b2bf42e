import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { highlightsOf } from './harness/highlights';
import { pictureOf } from './harness/picture';
import { type ResultsFile, readResults } from './harness/results-file';
import { markdownTable, resultRows } from './harness/table';

const USAGE = 'npm run bench:report -- FILE [FILE …]   (as `npm run bench -- --json FILE` writes them)';
const DOCS = join(__dirname, '..', 'docs');

/** Prints stored results as Markdown and draws the five highlights as pictures in docs/. */
export function main(files: readonly string[]): void {
  try {
    if (files.length === 0) throw new Error('no results file is named');
    const runs = files.map(readResults);
    process.stdout.write(runs.map(markdownOf).join('\n'));
    const highlights = highlightsOf(runs.flatMap(({ suites }) => Object.values(suites).flat()));
    const { date, node, machine } = runs[0]!.conditions;
    const foot = `${date.slice(0, 10)}, Node ${node.slice(1)}, ${machine}; medians of interleaved rounds`;
    for (const theme of ['light', 'dark'] as const) {
      writeFileSync(join(DOCS, `speed-${theme}.svg`), pictureOf(highlights, foot, theme));
    }
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n${USAGE}\n`);
    process.exitCode = 2;
  }
}

function markdownOf({ conditions, suites }: ResultsFile): string {
  const { date, node, machine, loadBefore, commit } = conditions;
  const head = `${date}, Node ${node}, ${machine}, load ${loadBefore.toFixed(2)} before, commit ${commit}.`;
  const tables = Object.entries(suites).map(
    ([name, results]) => `### ${name}\n\n${markdownTable(results.flatMap(resultRows))}\n`,
  );
  return [`${head}\n`, ...tables].join('\n');
}

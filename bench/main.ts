import { parseArgs } from 'node:util';
import type { Suite } from './harness/figure';
import { conditionsNow } from './harness/machine';
import { type FigureResult, measure } from './harness/measure';
import { writeResults } from './harness/results-file';
import { plainTable, resultRows, TABLE_HEAD } from './harness/table';

/** Loaded on demand, since most suites load servers or large packages. */
const SUITES: Readonly<Record<string, () => Suite>> = {
  fit: () => require('./suites/fit').fitSuite,
  predict: () => require('./suites/predict').predictSuite,
  http: () => require('./suites/http').httpSuite,
  ingest: () => require('./suites/ingest').ingestSuite,
  latency: () => require('./suites/latency').latencySuite,
  memory: () => require('./suites/memory').memorySuite,
  cold: () => require('./suites/cold').coldSuite,
};

const USAGE = `npm run bench -- [${Object.keys(SUITES).join('|')} …] [--rounds N] [--only TEXT] [--json FILE] [--quick]`;

/** Runs the named suites, or all, one after the other; prints a table and writes JSON when `--json` names a file. */
export async function main(args: readonly string[]): Promise<void> {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions(args);
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n${USAGE}\n`);
    process.exitCode = 2;
    return;
  }
  const { names, rounds, only, json, isQuick } = options;
  const conditions = conditionsNow();
  const { date, node, machine, loadBefore, commit } = conditions;
  tell(
    `${date}, Node ${node}, ${machine}, load ${loadBefore.toFixed(2)}, commit ${commit}${isQuick ? ', QUICK: not to quote' : ''}\n`,
  );
  const suites: Record<string, FigureResult[]> = {};
  for (const name of names) {
    const results: FigureResult[] = [];
    suites[name] = results;
    tell(`\n${name}\n`);
    for await (const figure of SUITES[name]!()({ rounds, isQuick, tell: progress })) {
      if (only !== null && !`${figure.name} ${figure.conditions}`.includes(only)) continue;
      const result = await measure(figure, progress);
      progress('');
      results.push(result);
      for (const row of resultRows(result)) tell(`  ${row.filter((cell) => cell !== '').join('  ·  ')}\n`);
    }
  }
  const all = Object.values(suites).flat();
  if (all.some(({ check }) => check !== null && !check.holds)) process.exitCode = 1;
  tell(`\n${plainTable([TABLE_HEAD, ...all.flatMap(resultRows)])}\n`);
  if (json !== null) writeResults(json, { conditions, isQuick, suites });
}

function readOptions(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      only: { type: 'string' },
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  const unknown = positionals.find((name) => !(name in SUITES));
  if (unknown !== undefined) throw new Error(`there is no bench '${unknown}'`);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 1_000) {
    throw new Error(`--rounds is a whole number from 1 to 1000, not '${values.rounds}'`);
  }
  return {
    names: positionals.length === 0 ? Object.keys(SUITES) : positionals,
    rounds,
    only: values.only ?? null,
    json: values.json ?? null,
    isQuick: values.quick,
  };
}

function tell(text: string): void {
  process.stdout.write(text);
}

/** A status line that overwrites itself, on a terminal only. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

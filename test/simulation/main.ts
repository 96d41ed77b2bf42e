import { parseArgs } from 'node:util';
import { simulate } from './simulate';

const PROGRESS_EVERY_MS = 2_000;
const TAIL_LINES = 60;

/**
 * Runs seeds from the command line: `--seeds COUNT` from `--from` on, or one `--seed N`; `--trace` prints whole
 * histories. Exits at the first violation with status 1, the end of its history and the command that reproduces it.
 */
export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string', default: '300' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      trace: { type: 'boolean', default: false },
    },
  });
  const first = Number(values.seed ?? values.from);
  const count = values.seed === undefined ? Number(values.seeds) : 1;
  const began = performance.now();
  let toldAt = began;
  let versions = 0;
  for (let seed = first; seed < first + count; seed++) {
    const run = await simulate(seed, {}, values.trace ? Number.MAX_SAFE_INTEGER : TAIL_LINES);
    versions += run.versions;
    if (values.trace && run.violations.length === 0) process.stdout.write(run.tail);
    if (run.violations.length > 0) return fail(run);
    if (performance.now() - toldAt > PROGRESS_EVERY_MS) {
      toldAt = performance.now();
      tell(`${seed - first + 1} of ${count} seeds, ${versions} versions`, began);
    }
  }
  tell(`${count} seeds from ${first} on, ${versions} versions, no violation`, began);
}

function fail({ seed, violations, tail, digest }: Awaited<ReturnType<typeof simulate>>): void {
  process.stdout.write(tail);
  for (const violation of violations) process.stdout.write(`violation: ${violation}\n`);
  process.stdout.write(`seed ${seed}, history ${digest}; again: ${reproduce(seed)}\n`);
  process.exitCode = 1;
}

/** The command that reproduces a seed. */
export function reproduce(seed: number): string {
  return `npm run test:simulation -- --seed ${seed}`;
}

function tell(line: string, beganMs: number): void {
  process.stdout.write(`${line}, ${Math.round((performance.now() - beganMs) / 1_000)} s\n`);
}

// npm run test:kills -- --rounds 200 --what trainer --backend embedded --seed 7
// Kills real processes after progress in many rounds, and checks log and registry afterwards. Servers come from
// KAFKA_BROKERS and REDIS_URL, else from containers, as in the live suites. Exit status 0 when every check passed, else 1.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROUNDS = '200';
/** Up to this many rounds may run in parallel with others, with their progress out of order. */
const SHORT_ROUNDS_MAX = 10;
const CHOICES = { what: ['trainer', 'producer', 'up'], backend: ['embedded', 'servers'] };
const USAGE = `usage: npm run test:kills -- [--rounds ${ROUNDS}] [--what ${CHOICES.what.join('|')}] [--backend ${CHOICES.backend.join('|')}] [--seed NUMBER]`;

function refuse(fault) {
  process.stderr.write(`${fault}\n${USAGE}\n`);
  process.exit(2);
}

function optionsGiven() {
  const text = { type: 'string' };
  try {
    return parseArgs({ options: { rounds: text, what: text, backend: text, seed: text } }).values;
  } catch (error) {
    return refuse(error.message);
  }
}

const { rounds = ROUNDS, what, backend, seed = String(randomInt(2 ** 31)) } = optionsGiven();
if (!/^[1-9]\d{0,5}$/.test(rounds)) refuse('--rounds is a whole number from 1');
if (!/^\d{1,10}$/.test(seed) || Number(seed) >= 2 ** 31) refuse('--seed is a whole number below 2147483648');
for (const [name, value] of Object.entries({ what, backend })) {
  if (value !== undefined && !CHOICES[name].includes(value)) refuse(`--${name} ${value} is not known`);
}

const folder = dirname(fileURLToPath(import.meta.url));
const jest = join(dirname(createRequire(import.meta.url).resolve('jest/package.json')), 'bin', 'jest.js');
process.stderr.write(`${rounds} rounds each, seed ${seed}\n`);
const { status } = spawnSync(
  process.execPath,
  [
    jest,
    '--config',
    join(folder, 'jest.config.js'),
    Number(rounds) <= SHORT_ROUNDS_MAX ? '--maxWorkers=2' : '--runInBand',
    '--verbose',
    '--testPathPatterns',
    `${what ?? ''}.kills`,
  ],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      // Without this, jest redraws its status over the progress.
      CI: '1',
      ALDER_KILL_ROUNDS: rounds,
      ALDER_KILL_SEED: seed,
      ALDER_KILL_BACKEND: backend ?? '',
      ...(backend === 'embedded' ? { ALDER_LIVE: '0', KAFKA_BROKERS: '', REDIS_URL: '' } : {}),
    },
  },
);
process.exit(status ?? 1);

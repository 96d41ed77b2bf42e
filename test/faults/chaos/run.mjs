// npm run test:chaos -- --minutes 10 --seed 7
// Starts its own Kafka and Redis and every role of the product, breaks all of them for the given time, repairs them and
// checks the result. Needs Docker and redis-server. Exits with 0 when every check holds, else with 1.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const MINUTES = '10';
const USAGE = `usage: npm run test:chaos -- [--minutes ${MINUTES}] [--seed NUMBER]`;

function refuse(fault) {
  process.stderr.write(`${fault}\n${USAGE}\n`);
  process.exit(2);
}

function optionsGiven() {
  const text = { type: 'string' };
  try {
    return parseArgs({ options: { minutes: text, seed: text } }).values;
  } catch (error) {
    return refuse(error.message);
  }
}

const { minutes = MINUTES, seed = String(randomInt(2 ** 31)) } = optionsGiven();
if (!/^\d{1,4}(\.\d+)?$/.test(minutes) || Number(minutes) <= 0) refuse('--minutes is a number above 0');
if (!/^\d{1,10}$/.test(seed) || Number(seed) >= 2 ** 31) refuse('--seed is a whole number below 2147483648');

const folder = dirname(fileURLToPath(import.meta.url));
const jest = join(dirname(createRequire(import.meta.url).resolve('jest/package.json')), 'bin', 'jest.js');
process.stderr.write(`${minutes} minutes, seed ${seed}\n`);
const { status } = spawnSync(
  process.execPath,
  [jest, '--config', join(folder, 'jest.config.js'), '--runInBand', '--verbose'],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      // Without CI jest redraws its status over the progress.
      CI: '1',
      // This run must fail and not skip when its servers cannot start.
      ALDER_REQUIRE_LIVE: '1',
      ALDER_CHAOS_MINUTES: minutes,
      ALDER_CHAOS_SEED: seed,
    },
  },
);
process.exit(status ?? 1);

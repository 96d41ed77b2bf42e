import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

test.each([
  [['fitt'], "there is no bench 'fitt'"],
  [['--rounds', '0'], '--rounds is a whole number from 1 to 1000'],
  [['--rounds', 'many'], '--rounds is a whole number from 1 to 1000'],
  [['--fast'], "Unknown option '--fast'"],
])('npm run bench -- %j exits with 2 and prints the mistake and the usage', (args, fault) => {
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'bench', 'run.js'), ...args], {
    encoding: 'utf8',
  });
  expect(stderr).toContain(fault);
  expect(stderr).toContain('npm run bench -- [fit|predict|http|ingest|latency|memory|cold');
  expect(status).toBe(2);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Contender, Figure, SuiteOptions, Yardstick } from '../harness/figure';

const ROOT = join(__dirname, '..', '..');
const ALDER = join(ROOT, 'bin', 'alder.js');
const LEARNED = 'all 150 rows are in';
/** Selects the embedded log, even when the environment names servers. */
const ENVIRONMENT = { ...process.env, KAFKA_BROKERS: '', REDIS_URL: '' };
const BODY = '{"data":[5.1,3.5,1.4,0.2]}';
const RIGHT = '"prediction":"setosa"';
const PATIENCE_MS = 60_000;
const LOOK_MS = 2;

/** The time from the start of a process to its first correct prediction. */
export async function* coldSuite({ rounds, tell }: SuiteOptions): AsyncIterable<Figure> {
  const folder = mkdtempSync(join(tmpdir(), 'alder-bench-cold-'));
  const empty: Yardstick = { name: 'node -e 0', target: 0.167, run: emptyStartMs };
  const up: Contender = { name: 'alder up', run: () => firstAnswerMs(folder) };
  try {
    tell('learning Iris');
    await learn(folder);
    yield {
      kind: 'ratio',
      name: 'cold start to the first right answer',
      conditions:
        'alder up on a data folder that has learned Iris; bin/alder.js with what it looks at in a clone',
      unit: 'ms',
      isLowerBetter: true,
      rounds: Math.max(rounds, 9),
      ours: up,
      yardsticks: [empty],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs `alder up` on Iris until a version covers all rows. */
async function learn(dataDir: string): Promise<void> {
  const args = [ALDER, 'up', join(ROOT, 'data', 'iris.csv'), '--data-dir', dataDir, '--port', '0'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env: ENVIRONMENT });
  const ended = once(child, 'exit');
  let said = '';
  for await (const text of child.stdout) {
    said += String(text);
    if (said.includes(LEARNED)) child.kill('SIGINT');
  }
  await ended;
  if (!said.includes(LEARNED)) throw new Error(`alder up did not learn Iris:\n${said}`);
}

async function emptyStartMs(): Promise<number> {
  const begunMs = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return performance.now() - begunMs;
}

/** Sends a request on a new connection every few milliseconds until the prediction is correct. */
async function firstAnswerMs(dataDir: string): Promise<number> {
  const port = await freePort();
  const begunMs = performance.now();
  const child = spawn(process.execPath, [ALDER, 'up', '--data-dir', dataDir, '--port', String(port)], {
    stdio: 'ignore',
    env: ENVIRONMENT,
  });
  const ended = once(child, 'exit');
  try {
    while (!(await answers(port))) {
      if (child.exitCode !== null || performance.now() - begunMs > PATIENCE_MS)
        throw new Error(`alder up gave no answer (status ${child.exitCode})`);
      await delay(LOOK_MS);
    }
    return performance.now() - begunMs;
  } finally {
    // A graceful stop releases the lease, so the next start need not wait for its expiry.
    child.kill('SIGINT');
    await ended;
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', 'content-length': BODY.length };
    const asking = request(
      { host: '127.0.0.1', port, path: '/serve_decision_tree', method: 'POST', agent: false, headers },
      (answer) => {
        let text = '';
        answer.on('data', (part) => {
          text += part;
        });
        answer.on('end', () => resolve(text.includes(RIGHT)));
      },
    );
    asking.on('error', () => resolve(false));
    asking.end(BODY);
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

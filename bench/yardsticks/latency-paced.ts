import { Agent, request } from 'node:http';
import { monotonicMs } from './latency-asker';

/** An open-loop load: requests are due at even times, independent of earlier answers. */
export interface PacedOrder {
  readonly port: number;
  readonly perSecond: number;
  readonly forMs: number;
}

/** One request: its due time, the time from then to its answer, and the version that answered. */
export interface PacedAnswer {
  readonly dueMs: number;
  readonly tookMs: number;
  readonly version: number;
}

const BODY = '{"data":[0.9,0.3,0.2,0.3]}';
const HEADERS = { 'content-type': 'application/json', 'content-length': BODY.length };
const LOOK_MS = 1;

/** Latency counts from the due time of a request, so the wait for a busy server is included. */
async function pace({ port, perSecond, forMs }: PacedOrder): Promise<PacedAnswer[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const answers: Promise<PacedAnswer>[] = [];
  const beginMs = monotonicMs();
  const total = Math.floor((forMs / 1_000) * perSecond);
  while (answers.length < total) {
    while (answers.length < total && beginMs + (answers.length * 1_000) / perSecond <= monotonicMs()) {
      answers.push(ask(port, agent, beginMs + (answers.length * 1_000) / perSecond));
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  const all = await Promise.all(answers);
  agent.destroy();
  return all;
}

function ask(port: number, agent: Agent, dueMs: number): Promise<PacedAnswer> {
  return new Promise((resolve, reject) => {
    const asking = request(
      { port, host: '127.0.0.1', path: '/serve_decision_tree', method: 'POST', agent, headers: HEADERS },
      (answer) => {
        answer.resume();
        answer.on('end', () => {
          if (answer.statusCode !== 200) reject(new Error(`an answer has the status ${answer.statusCode}`));
          resolve({
            dueMs,
            tookMs: monotonicMs() - dueMs,
            version: Number(answer.headers['alder-version']),
          });
        });
      },
    );
    asking.once('error', reject);
    asking.end(BODY);
  });
}

process.on('message', (order: PacedOrder) => {
  pace(order).then(
    (answers) => process.send!({ answers }),
    (error: Error) => process.send!({ error: error.message }),
  );
});

import { GOOD_REQUEST, post } from '../hostile/requests';
import { type Draw, seededDraw } from '../row/mutations';
import { RawClient } from '../support/raw-http';
import type { NumberedVersions } from './numbered-versions';

const FAULTS_MAX = 5;

export interface LoadResult {
  requests: number;
  readonly faults: string[];
}

/** Keep-alive clients that send the next request after each answer, until `isDone`; one request in four names a version. */
export async function askUntilDone(
  port: number,
  clients: number,
  versions: NumberedVersions,
  isDone: (requests: number) => boolean,
): Promise<LoadResult> {
  const result: LoadResult = { requests: 0, faults: [] };
  const client = async (seed: number) => {
    const draw = seededDraw(seed);
    const raw = new RawClient(port);
    while (!isDone(result.requests) && result.faults.length < FAULTS_MAX) {
      result.requests++;
      const row = [draw(80) / 10, draw(50) / 10, draw(70) / 10, draw(30) / 10];
      const pinned = draw(4) === 0 && versions.newest > 0 ? 1 + draw(versions.newest) : null;
      await raw.write(post(pathOf(pinned), JSON.stringify({ data: row })));
      const fault = await versions.fault(await raw.answer(), row, pinned);
      if (fault !== null) result.faults.push(fault);
    }
    raw.destroy();
  };
  await Promise.all(Array.from({ length: clients }, (_, i) => client(i + 1)));
  return result;
}

function pathOf(pinned: number | null): string {
  return pinned === null ? '/serve_decision_tree' : `/models/serve/decisiontree/${pinned}`;
}

/** The experience of a keep-alive client with a stopping server. */
export interface Farewell {
  readonly answered: number;
  /** Requests that were sent on an open connection and got no complete answer. */
  readonly lost: number;
  /** Whether the last answer said `connection: close`. */
  readonly isAnnounced: boolean;
}

/** Sends requests without a pause until an answer says `connection: close`. */
export async function askUntilClosed(port: number, draw: Draw, onAnswer: () => void): Promise<Farewell> {
  const raw = new RawClient(port);
  let answered = 0;
  try {
    for (;;) {
      await raw.write(GOOD_REQUEST);
      const answer = await raw.answer();
      if (answer?.status !== 200) return { answered, lost: 1, isAnnounced: false };
      answered++;
      onAnswer();
      if (answer.headers.connection === 'close') return { answered, lost: 0, isAnnounced: true };
      // Some clients send the next request at once, others a moment later, as busy clients do.
      for (let turns = draw(3); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    raw.destroy();
  }
}

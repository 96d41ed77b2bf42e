import { postJson } from '../support/alder-process';

const PAUSE_MS = 5;
const ROW = { data: [5.1, 3.5, 1.4, 0.2] };

/** What one request came to; `status` 0 stands for no answer at all. */
interface Answered {
  readonly atMs: number;
  readonly tookMs: number;
  readonly status: number;
}

export interface Answers {
  readonly count: number;
  /** Statuses other than 200. */
  readonly failed: readonly number[];
  /** How long half of them took at most. */
  readonly medianMs: number;
}

/** Asks a server for one prediction after the other until it is stopped. */
export class PredictionLoad {
  private readonly answered: Answered[] = [];
  private isStopped = false;
  private readonly running: Promise<void>;

  constructor(private readonly url: string) {
    this.running = this.run();
  }

  /** What came since a moment of `performance.now()`. */
  since(fromMs: number): Answers {
    const answers = this.answered.filter(({ atMs }) => atMs >= fromMs);
    return {
      count: answers.length,
      failed: answers.map(({ status }) => status).filter((status) => status !== 200),
      medianMs: medianOf(answers.map(({ tookMs }) => tookMs)),
    };
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      const atMs = performance.now();
      const status = await this.ask();
      this.answered.push({ atMs, tookMs: performance.now() - atMs, status });
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  private async ask(): Promise<number> {
    try {
      const answer = await postJson(`${this.url}/serve_decision_tree`, ROW);
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      return 0;
    }
  }
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

import { numbersFrom } from '../../../bench/harness/random';
import type { PredictionAnswer } from '../../../shared/api/predictions';
import { postJson } from '../../support/alder-process';
import type { Life, Role } from './role';
import type { ServedAnswers } from './served-answers';

const PAUSE_MS = 10;
const FAULTS_MAX = 20;
/** The upper bound of each feature in cm; random rows between 0 and it reach every leaf. */
const LARGEST_VALUES = [7.9, 4.4, 6.9, 2.5];

/** The observations of one serving process. */
interface Shown {
  isReady: boolean;
  /** The version of the last answer; a running process never serves an older one. */
  version: number;
}

/**
 * Sends requests to one serving role, across its restarts. Once a process is ready, every prediction must be answered
 * with 200 until the process is told to end. A frozen process answers after it resumes.
 */
export class PredictionWitness {
  answered = 0;
  readonly faults: string[] = [];
  private readonly shown = new WeakMap<Life, Shown>();
  private readonly random: () => number;
  private isStopped = false;
  private readonly running: Promise<void>;

  constructor(
    private readonly role: Role,
    private readonly answers: ServedAnswers,
    seed: number,
  ) {
    this.random = numbersFrom(seed);
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      const { life } = this.role;
      if (!life.isDoomed)
        await this.ask(life).catch((error) => this.note(life, `gave no answer: ${reasonOf(error)}`));
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  private async ask(life: Life): Promise<void> {
    const url = await life.process.url();
    const shown = this.shown.get(life) ?? { isReady: false, version: 0 };
    this.shown.set(life, shown);
    if (!shown.isReady) {
      const { status } = await fetch(`${url}/readyz`);
      shown.isReady = status === 200;
      if (![200, 503].includes(status)) this.note(life, `answered ${status} about being ready`, true);
      return;
    }
    const row = LARGEST_VALUES.map((largest) => Math.round(this.random() * largest * 10) / 10);
    const response = await postJson(`${url}/serve_decision_tree`, { data: row });
    const text = await response.text();
    if (response.status !== 200) return this.note(life, `answered ${response.status}: ${text}`, true);
    const answer = JSON.parse(text) as PredictionAnswer;
    if (response.headers.get('alder-version') !== String(answer.version))
      this.note(
        life,
        `named version ${response.headers.get('alder-version')} above and ${answer.version} below`,
        true,
      );
    if (answer.version < shown.version)
      this.note(life, `went back from version ${shown.version} to ${answer.version}`, true);
    shown.version = answer.version;
    this.answered += 1;
    this.answers.add(row, answer);
  }

  /** A process that is stopping, or was never ready, need not answer; but its answers count. */
  private note(life: Life, what: string, isAnswer = false): void {
    if (!isAnswer && (life.isDoomed || this.shown.get(life)?.isReady !== true)) return;
    if (this.faults.length < FAULTS_MAX)
      this.faults.push(`${new Date().toISOString()} ${this.role.name}, pid ${life.process.pid}, ${what}`);
  }
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

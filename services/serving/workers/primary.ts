import cluster, { type Worker } from 'node:cluster';
import type { Clock } from '../../../shared/runtime/clock';
import type { Log } from '../../../shared/runtime/log';
import type { ToPrimary, ToWorker } from './messages';
import { ReplacementPace } from './replacement-pace';
import { type Reporter, ReportRounds } from './report-rounds';

export interface PrimaryOptions {
  readonly workers: number;
  readonly clock: Clock;
  readonly log: Log;
  /** All workers serve. */
  readonly onServing: (url: string) => void;
}

/**
 * Keeps `workers` processes serving one port until the signal aborts, then lets each finish what it has begun. It runs
 * this same command line again for each, which finds itself a worker; it opens no registry and answers no request.
 *
 * The first starts alone, so that a start that cannot succeed, as on a taken port, fails once and is not repeated: that
 * worker has said why, and its status is given. 0 otherwise.
 */
export async function runPrimary(options: PrimaryOptions, signal: AbortSignal): Promise<number> {
  const crew = new Crew(options, signal);
  const status = await crew.begin();
  if (status === 0) await crew.untilGone();
  return status;
}

class Crew {
  private readonly alive = new Map<Worker, Reporter>();
  private readonly serving = new Set<Worker>();
  private readonly rounds = new ReportRounds();
  private readonly pace = new ReplacementPace();
  private wasServing = false;
  private onGone: () => void = () => undefined;

  constructor(
    private readonly options: PrimaryOptions,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', () => {
      for (const reporter of this.alive.values()) reporter.send({ kind: 'stop' });
    });
  }

  async begin(): Promise<number> {
    const first = this.start();
    const status = await new Promise<number>((resolve) => {
      first.on('message', ({ kind }: ToPrimary) => kind === 'serving' && resolve(0));
      first.once('exit', (status) => resolve(this.signal.aborted ? 0 : status || 1));
    });
    if (status !== 0 || this.signal.aborted) return status;
    for (let i = 1; i < this.options.workers; i++) this.start();
    return 0;
  }

  /** Resolves when the signal has aborted and no worker is left. */
  async untilGone(): Promise<void> {
    if (this.signal.aborted && this.alive.size === 0) return;
    await new Promise<void>((resolve) => {
      this.onGone = resolve;
    });
  }

  private start(): Worker {
    const worker = cluster.fork();
    // A message to a worker that has just died is lost with it; its end is told by `exit`.
    const reporter: Reporter = { send: (message: ToWorker) => worker.send(message, () => undefined) };
    this.alive.set(worker, reporter);
    worker.on('message', (message: ToPrimary) => this.hear(worker, reporter, message));
    worker.on('error', () => undefined);
    worker.once('exit', (status, killer) => void this.lose(worker, killer ?? `status ${status}`));
    return worker;
  }

  private hear(worker: Worker, reporter: Reporter, message: ToPrimary): void {
    if (message.kind === 'serving') this.welcome(worker, message.url);
    else if (message.kind === 'report') this.rounds.take(reporter, message.round, message.report);
    else void this.answer(reporter, message.question);
  }

  private welcome(worker: Worker, url: string): void {
    this.serving.add(worker);
    if (this.wasServing || this.serving.size < this.options.workers) return;
    this.wasServing = true;
    this.options.onServing(url);
  }

  private async answer(reporter: Reporter, question: number): Promise<void> {
    const report = await this.rounds.ask([...this.alive.values()], this.options.workers);
    reporter.send({ kind: 'answer', question, report });
  }

  private async lose(worker: Worker, end: string): Promise<void> {
    const { clock, log } = this.options;
    const reporter = this.alive.get(worker);
    this.alive.delete(worker);
    const hadServed = this.serving.delete(worker);
    if (reporter !== undefined) this.rounds.forget(reporter);
    if (!this.signal.aborted && (hadServed || this.alive.size > 0)) {
      const pauseMs = this.pace.pauseMs(clock.monotonicMs());
      log.warn('worker-ended', `a worker ended (${end}); another takes its place in ${pauseMs} ms`);
      await clock.sleep(pauseMs, this.signal);
      if (!this.signal.aborted) this.start();
    }
    if (this.alive.size === 0 && this.signal.aborted) this.onGone();
  }
}

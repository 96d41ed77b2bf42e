import cluster, { type Worker } from 'node:cluster';
import type { Clock } from '../../../shared/runtime/clock';
import type { Log } from '../../../shared/runtime/log';
import type { ToPrimary, ToWorker } from './messages';
import { type Reporter, ReportRounds } from './report-rounds';

const QUIET_MS = 30_000;
const FIRST_PAUSE_MS = 100;
const PAUSE_MS_MAX = 10_000;

export interface PrimaryOptions {
  readonly workers: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Called when all workers serve. */
  readonly onServing: (url: string) => void;
}

/**
 * Keeps `workers` processes serving one port until the signal aborts, then lets each finish its open requests. The
 * primary runs its own command line again for each worker; it opens no registry and answers no request.
 *
 * The first worker starts alone, so a start that cannot succeed, as on a taken port, fails once and is not repeated.
 * That worker has logged the reason, and the primary returns its exit status; otherwise it returns 0.
 */
export async function runPrimary(options: PrimaryOptions, signal: AbortSignal): Promise<number> {
  const pool = new WorkerPool(options, signal);
  const status = await pool.begin();
  if (status === 0) await pool.untilGone();
  return status;
}

class WorkerPool {
  private readonly alive = new Map<Worker, Reporter>();
  private readonly serving = new Set<Worker>();
  private readonly rounds = new ReportRounds();
  private readonly replacements = new ReplacementBackoff();
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
    // A message to a worker that has just died is lost; the `exit` event reports its end.
    const reporter: Reporter = { send: (message: ToWorker) => worker.send(message, () => undefined) };
    this.alive.set(worker, reporter);
    worker.on('message', (message: ToPrimary) => this.receive(worker, reporter, message));
    worker.on('error', () => undefined);
    worker.once('exit', (status, killer) => void this.replace(worker, killer ?? `status ${status}`));
    return worker;
  }

  private receive(worker: Worker, reporter: Reporter, message: ToPrimary): void {
    if (message.kind === 'serving') this.markServing(worker, message.url);
    else if (message.kind === 'report') this.rounds.take(reporter, message.round, message.report);
    else void this.answer(reporter, message.question);
  }

  private markServing(worker: Worker, url: string): void {
    this.serving.add(worker);
    if (this.wasServing || this.serving.size < this.options.workers) return;
    this.wasServing = true;
    this.options.onServing(url);
  }

  private async answer(reporter: Reporter, question: number): Promise<void> {
    const report = await this.rounds.ask([...this.alive.values()], this.options.workers);
    reporter.send({ kind: 'answer', question, report });
  }

  private async replace(worker: Worker, end: string): Promise<void> {
    const { clock, log } = this.options;
    const reporter = this.alive.get(worker);
    this.alive.delete(worker);
    const hadServed = this.serving.delete(worker);
    if (reporter !== undefined) this.rounds.forget(reporter);
    if (!this.signal.aborted && (hadServed || this.alive.size > 0)) {
      const pauseMs = this.replacements.pauseMs(clock.monotonicMs());
      log.warn('worker-ended', `a worker ended (${end}); another one starts in ${pauseMs} ms`);
      await clock.sleep(pauseMs, this.signal);
      if (!this.signal.aborted) this.start();
    }
    if (this.alive.size === 0 && this.signal.aborted) this.onGone();
  }
}

/**
 * The pause before a dead worker is replaced: none after half a minute without a death, so one crash costs no capacity,
 * and twice the last pause otherwise, so workers that cannot start do not keep the machine busy.
 */
export class ReplacementBackoff {
  private deathsMs: number[] = [];

  /** To be called once per death; `nowMs` is of a monotonic clock. */
  pauseMs(nowMs: number): number {
    this.deathsMs = this.deathsMs.filter((deathMs) => nowMs - deathMs < QUIET_MS);
    const recent = this.deathsMs.length;
    this.deathsMs.push(nowMs);
    return recent === 0 ? 0 : Math.min(PAUSE_MS_MAX, FIRST_PAUSE_MS * 2 ** (recent - 1));
  }
}

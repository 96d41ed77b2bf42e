import { AggregatorRegistry } from 'prom-client';
import { reportedCounts, summedCounts } from '../metrics/prediction-counts';
import { mergedPairs } from '../metrics/serving-metrics';
import type { ToWorker, WorkerReport, WorkersReport } from './messages';

/** A worker that decodes a large tree answers late; one that hangs must not hang the scrape. */
const ROUND_MS_MAX = 2_000;

/** A worker, as a round of reports sees it. */
export interface Reporter {
  send(message: ToWorker): void;
}

interface Round {
  readonly awaited: Set<Reporter>;
  readonly reports: WorkerReport[];
  readonly settle: () => void;
}

/** Asks all workers for a report at once and merges the answers. A worker that does not answer in time is left out. */
export class ReportRounds {
  private readonly rounds = new Map<number, Round>();
  private roundCount = 0;

  async ask(workers: readonly Reporter[], workersWanted: number): Promise<WorkersReport> {
    const reports = await this.gather(workers);
    const metrics = await AggregatorRegistry.aggregate([...reports.map(({ metrics }) => metrics)]).metrics();
    const shadow = mergedPairs(reports.map(({ shadow }) => shadow));
    const predictions = summedCounts(reports.map(({ metrics }) => reportedCounts(metrics)));
    return { workersWanted, versions: reports.map(({ version }) => version), shadow, predictions, metrics };
  }

  take(worker: Reporter, number: number, report: WorkerReport): void {
    const round = this.rounds.get(number);
    if (round === undefined || !round.awaited.delete(worker)) return;
    round.reports.push(report);
    if (round.awaited.size === 0) round.settle();
  }

  /** Lets open rounds end without a worker that died. */
  forget(worker: Reporter): void {
    for (const { awaited, settle } of this.rounds.values())
      if (awaited.delete(worker) && awaited.size === 0) settle();
  }

  private gather(workers: readonly Reporter[]): Promise<WorkerReport[]> {
    return new Promise((resolve) => {
      const number = this.roundCount++;
      const settle = () => {
        clearTimeout(timer);
        this.rounds.delete(number);
        resolve(reports);
      };
      const reports: WorkerReport[] = [];
      const timer = setTimeout(settle, ROUND_MS_MAX);
      this.rounds.set(number, { awaited: new Set(workers), reports, settle });
      for (const worker of workers) worker.send({ kind: 'report', round: number });
      if (workers.length === 0) settle();
    });
  }
}

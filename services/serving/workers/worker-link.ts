import { AlderError } from '../../../shared/errors';
import type { FellowWorkers, ToPrimary, ToWorker, WorkerReport, WorkersReport } from './messages';

/** Longer than the primary's own bound for a round. */
const ANSWER_MS_MAX = 4_000;

/** The channel of a worker to its primary. Node ends a worker whose primary is gone, so no orphan is left. */
export class WorkerLink implements FellowWorkers {
  private readonly questions = new Map<number, (report: WorkersReport) => void>();
  private questionCount = 0;
  private asking: Promise<WorkersReport> | null = null;
  private ownReport: () => Promise<WorkerReport> = () =>
    Promise.resolve({ version: null, metrics: [], shadow: [] });

  /** `onStop` is called when the primary asks this process to finish and end. */
  constructor(onStop: () => void) {
    process.on('message', (message: ToWorker) => {
      if (message.kind === 'stop') onStop();
      else if (message.kind === 'answer') this.questions.get(message.question)?.(message.report);
      else void this.sendReport(message.round);
    });
  }

  /** Tells the primary that this process serves; `ownReport` makes its reports from now on. */
  serving(url: string, ownReport: () => Promise<WorkerReport>): void {
    this.ownReport = ownReport;
    send({ kind: 'serving', url });
  }

  /** Single-flight: callers at the same time share one round of reports. */
  report(): Promise<WorkersReport> {
    this.asking ??= this.ask().finally(() => {
      this.asking = null;
    });
    return this.asking;
  }

  private ask(): Promise<WorkersReport> {
    const question = this.questionCount++;
    return new Promise<WorkersReport>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new AlderError('too-many-waiters', 'the primary did not answer')),
        ANSWER_MS_MAX,
      );
      this.questions.set(question, (report) => {
        clearTimeout(timer);
        resolve(report);
      });
      send({ kind: 'ask', question });
    }).finally(() => this.questions.delete(question));
  }

  private async sendReport(round: number): Promise<void> {
    send({ kind: 'report', round, report: await this.ownReport() });
  }
}

/** A message to a primary that has just died may be lost: this process ends with it. */
function send(message: ToPrimary): void {
  process.send?.(message, undefined, undefined, () => undefined);
}

import { AlderError } from '../../../shared/errors';
import type { ToPrimary, ToWorker, WorkerReport, WorkersReport } from './messages';

/** Longer than the primary's own bound for a round. */
const ANSWER_MS_MAX = 4_000;

/** The other processes that serve the same port, as routes ask for them. */
export interface FellowWorkers {
  /** What all of them say now. Throws `too-many-waiters` (canRetry) when the primary does not answer in time. */
  report(): Promise<WorkersReport>;
}

/** This process's line to the primary. Node ends a worker whose primary is gone, so none is left over. */
export class WorkerLink implements FellowWorkers {
  private readonly questions = new Map<number, (report: WorkersReport) => void>();
  private questionCount = 0;
  private asking: Promise<WorkersReport> | null = null;
  private ownReport: () => Promise<WorkerReport> = () =>
    Promise.resolve({ version: null, metrics: [], shadow: [] });

  /** `onStop` is called when the primary wants this process to finish and end. */
  constructor(onStop: () => void) {
    process.on('message', (message: ToWorker) => {
      if (message.kind === 'stop') onStop();
      else if (message.kind === 'answer') this.questions.get(message.question)?.(message.report);
      else void this.tell(message.round);
    });
  }

  /** From here on this process answers requests, and says of itself what `ownReport` gives. */
  serving(url: string, ownReport: () => Promise<WorkerReport>): void {
    this.ownReport = ownReport;
    send({ kind: 'serving', url });
  }

  /** However many ask at once, the workers are asked once. */
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

  private async tell(round: number): Promise<void> {
    send({ kind: 'report', round, report: await this.ownReport() });
  }
}

/** A message that the primary did not live to take is nobody's loss. */
function send(message: ToPrimary): void {
  process.send?.(message, undefined, undefined, () => undefined);
}

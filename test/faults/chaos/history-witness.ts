import { isAlderError } from '../../../shared/errors';
import type { RowsInLog } from '../../kills/rows-in-log';
import type { SeenVersions } from '../../kills/seen-versions';

const LOOK_MS = 250;
const FAULTS_MAX = 20;
/** The output of a process is read after its end. */
const NOBODY = { stdout: [], stderr: [] };

/** Polls the counts that only grow: versions, rows, acknowledgements. Servers that are away are asked later. */
export class HistoryWitness {
  /** The largest number of acknowledged rows that a producer reported. */
  acknowledgedRows = 0;
  /** 0 before the first version. */
  newestVersion = 0;
  readonly faults: string[] = [];
  private isStopped = false;
  private readonly running: Promise<unknown>;

  /** `acknowledged` gives the number of acknowledged rows; it throws while there is no producer. */
  constructor(
    private readonly rows: RowsInLog,
    private readonly seen: SeenVersions,
    private readonly acknowledged: () => Promise<number>,
  ) {
    this.running = Promise.all([
      this.repeat(() => this.lookAtVersions()),
      this.repeat(() => this.rows.check()),
      this.repeat(() => this.lookAtAcknowledged()),
    ]);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.running;
  }

  private async lookAtVersions(): Promise<void> {
    const version = await this.seen.noteAfter(NOBODY);
    if (version < this.newestVersion)
      this.note(`the newest version was ${this.newestVersion}, and then ${version}`);
    this.newestVersion = Math.max(this.newestVersion, version);
  }

  private async lookAtAcknowledged(): Promise<void> {
    // A dead or starting producer does not answer.
    const acknowledged = await this.acknowledged().catch(() => 0);
    this.acknowledgedRows = Math.max(this.acknowledgedRows, acknowledged);
  }

  private async repeat(look: () => Promise<unknown>): Promise<void> {
    while (!this.isStopped) {
      await look().catch((error: unknown) => {
        const isAway = isAlderError(error) && error.canRetry;
        if (!isAway) this.note(String(error));
      });
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  private note(what: string): void {
    if (this.faults.length < FAULTS_MAX && !this.faults.includes(what)) this.faults.push(what);
  }
}

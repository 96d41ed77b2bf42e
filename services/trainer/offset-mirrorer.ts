import type { VersionRecord } from '../../shared/model-registry/version-record';
import type { OffsetMirror } from '../../shared/row-log/offset-mirror';
import type { Clock } from '../../shared/runtime/clock';
import type { Log } from '../../shared/runtime/log';
import { Wakeup } from '../../shared/runtime/wakeup';

const IDLE_MS = 60_000;
const RETRY_PAUSE_MS = 1_000;

/**
 * Copies the newest record's position to where lag tools look. One copy in flight; of several that wait only the
 * newest goes. A copy that fails is tried again until a newer one takes its place; it never stops the trainer.
 */
export class OffsetMirrorer {
  private waiting: VersionRecord | null = null;
  private readonly wakeup = new Wakeup();
  private isFailing = false;

  constructor(
    private readonly mirror: OffsetMirror | null,
    private readonly registryId: string,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  offer(record: VersionRecord): void {
    this.waiting = record;
    this.wakeup.call();
  }

  /** Copies what is offered until the signal aborts; what then still waits is tried once more. */
  async keepUp(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.copyWaiting();
      await this.wakeup.wait(this.waiting === null ? IDLE_MS : RETRY_PAUSE_MS, this.clock, signal);
    }
    await this.copyWaiting();
  }

  private async copyWaiting(): Promise<void> {
    while (this.waiting !== null && this.mirror !== null) {
      const record = this.waiting;
      const { lineage, version, recordDigest } = record;
      const next = new Map(lineage.map((p) => [p.partition, Number(p.next)]));
      const metadata = JSON.stringify({ registry: this.registryId, version, recordDigest });
      try {
        await this.mirror.mirror(next, metadata);
        this.isFailing = false;
        if (this.waiting === record) this.waiting = null;
      } catch (error) {
        // Told once until it works again, since the tries may go on for as long as the log is away.
        if (!this.isFailing) {
          this.log.warn('mirror-failed', `offsets of version ${version} were not mirrored: ${String(error)}`);
        }
        this.isFailing = true;
        return;
      }
    }
  }
}

import type { VersionRecord } from '../../../shared/model-registry/version-record';
import type { OffsetMirror } from '../../../shared/row-log/offset-mirror';
import type { Clock } from '../../../shared/runtime/clock';
import type { Log } from '../../../shared/runtime/log';
import { Signal } from '../../../shared/runtime/signal';
import { encodeRegistryMark, registryMarkOf } from '../guard/registry-mark';

const IDLE_MS = 60_000;
const RETRY_PAUSE_MS = 1_000;
/** Who watches lag looks every few seconds, and a copy to the embedded log costs as much as a version does. */
const COPY_PAUSE_MS = 250;
/** A version that was just published is on its way into the servers, on the same thread under `alder up`: it goes first. */
const SETTLE_MS = 20;

/**
 * Copies the newest record's position to where lag tools look. One copy in flight; of several that wait only the
 * newest goes. A copy that fails is tried again until a newer one takes its place; it never stops the trainer.
 */
export class OffsetMirrorer {
  private waiting: VersionRecord | null = null;
  private offered: VersionRecord | null = null;
  private readonly wakeup = new Signal();
  private isFailing = false;

  constructor(
    private readonly mirror: OffsetMirror | null,
    private readonly registryId: string,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** What was offered last; null before. */
  get newest(): VersionRecord | null {
    return this.offered;
  }

  offer(record: VersionRecord): void {
    this.waiting = record;
    this.offered = record;
    this.wakeup.notify();
  }

  /** Copies what is offered until the signal aborts; what then still waits is tried once more. */
  async keepUp(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.waiting === null) {
        await this.wakeup.wait(IDLE_MS, this.clock, signal);
        continue;
      }
      if (!this.isFailing) await this.clock.sleep(SETTLE_MS, signal);
      const isCopied = await this.copyWaiting();
      if (isCopied) await this.clock.sleep(COPY_PAUSE_MS - SETTLE_MS, signal);
      else await this.wakeup.wait(RETRY_PAUSE_MS, this.clock, signal);
    }
    await this.copyWaiting();
  }

  /** True when something was copied. */
  private async copyWaiting(): Promise<boolean> {
    const record = this.waiting;
    if (record === null || this.mirror === null) return false;
    const next = new Map(record.lineage.map((p) => [p.partition, Number(p.next)]));
    try {
      await this.mirror.mirror(next, encodeRegistryMark(registryMarkOf(this.registryId, record)));
      this.isFailing = false;
      if (this.waiting === record) this.waiting = null;
      return true;
    } catch (error) {
      // Told once until it works again, since the tries may go on for as long as the log is away.
      if (!this.isFailing) {
        this.log.warn(
          'mirror-failed',
          `offsets of version ${record.version} were not mirrored: ${String(error)}`,
        );
      }
      this.isFailing = true;
      return false;
    }
  }
}

import type { VersionRecord } from '../../../shared/model-registry/version-record';
import type { OffsetMirror } from '../../../shared/row-log/offset-mirror';
import type { Clock } from '../../../shared/runtime/clock';
import type { Log } from '../../../shared/runtime/log';
import { OutageNotice } from '../../../shared/runtime/outage-notice';
import { Signal } from '../../../shared/runtime/signal';
import { commitMetadataOf } from '../guard/check-registry';

const IDLE_MS = 60_000;
const RETRY_PAUSE_MS = 1_000;
/** Lag tools poll every few seconds, and a copy to the embedded log costs as much as a version. */
const COPY_PAUSE_MS = 250;
/** Under `alder up` the servers fetch a new version on this thread, and they go first. */
const SETTLE_MS = 20;

/**
 * Copies the newest record's offsets to Kafka's committed offsets, for lag tools. One copy is in flight; of several
 * records that wait only the newest is copied. A failed copy is retried until a newer record replaces it, and never
 * stops the trainer.
 */
export class OffsetMirrorer {
  private waiting: VersionRecord | null = null;
  private offered: VersionRecord | null = null;
  private readonly offers = new Signal();
  private readonly outage: OutageNotice;

  constructor(
    private readonly mirror: OffsetMirror | null,
    private readonly registryId: string,
    private readonly clock: Clock,
    log: Log,
  ) {
    this.outage = new OutageNotice({
      clock,
      onOutage: (error) => {
        const version = this.waiting?.version;
        log.warn('mirror-failed', `offsets of version ${version} were not mirrored: ${String(error)}`, {
          version,
        });
      },
    });
  }

  /** The record that was offered last. */
  get newest(): VersionRecord | null {
    return this.offered;
  }

  offer(record: VersionRecord): void {
    this.waiting = record;
    this.offered = record;
    this.offers.notify();
  }

  /** Copies offered records until the signal aborts; a record that still waits is then tried once more. */
  async keepUp(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.waiting === null) {
        await this.offers.wait(IDLE_MS, this.clock, signal);
        continue;
      }
      if (!this.outage.isOut) await this.clock.sleep(SETTLE_MS, signal);
      const isCopied = await this.copyWaiting();
      if (isCopied) await this.clock.sleep(COPY_PAUSE_MS - SETTLE_MS, signal);
      else await this.offers.wait(RETRY_PAUSE_MS, this.clock, signal);
    }
    await this.copyWaiting();
  }

  /** True when something was copied. */
  private async copyWaiting(): Promise<boolean> {
    const record = this.waiting;
    if (record === null || this.mirror === null) return false;
    const next = new Map(record.lineage.map((p) => [p.partition, Number(p.next)]));
    try {
      await this.mirror.mirror(next, JSON.stringify(commitMetadataOf(this.registryId, record)));
      this.outage.recovered();
      if (this.waiting === record) this.waiting = null;
      return true;
    } catch (error) {
      this.outage.failed(error);
      return false;
    }
  }
}

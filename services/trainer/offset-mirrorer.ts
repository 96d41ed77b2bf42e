import type { VersionRecord } from '../../shared/model-registry/version-record';
import type { OffsetMirror } from '../../shared/row-log/offset-mirror';
import type { Log } from '../../shared/runtime/log';

/**
 * Copies the newest record's position to where lag tools look. One copy in flight; of several that wait only the
 * newest goes. A copy that fails is not tried again: the next version brings its own.
 */
export class OffsetMirrorer {
  private waiting: VersionRecord | null = null;
  private running: Promise<void> | null = null;

  constructor(
    private readonly mirror: OffsetMirror | null,
    private readonly registryId: string,
    private readonly log: Log,
  ) {}

  offer(record: VersionRecord): void {
    if (this.mirror === null) return;
    this.waiting = record;
    this.running ??= this.run(this.mirror).finally(() => {
      this.running = null;
    });
  }

  /** Resolves when nothing is in flight. */
  async settled(): Promise<void> {
    await this.running;
  }

  private async run(mirror: OffsetMirror): Promise<void> {
    while (this.waiting !== null) {
      const { lineage, version, recordDigest } = this.waiting;
      this.waiting = null;
      const next = new Map(lineage.map((p) => [p.partition, Number(p.next)]));
      const metadata = JSON.stringify({ registry: this.registryId, version, recordDigest });
      try {
        await mirror.mirror(next, metadata);
      } catch (error) {
        this.log.warn('mirror-failed', `offsets of version ${version} were not mirrored: ${String(error)}`);
      }
    }
  }
}

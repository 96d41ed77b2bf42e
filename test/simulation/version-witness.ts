import type { RegistryState } from '../../shared/model-registry/model-registry';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import type { MemoryModelStore, StoredVersion } from '../support/memory-model-store';
import { unkeptRows } from './rejected-rows';
import type { SimulatedTopic } from './simulated-topic';

/** A published version, observed at the instant of its publication. */
export interface PublishedVersion {
  readonly record: VersionRecord;
  readonly stored: StoredVersion;
  /** The registry right before the publication. */
  readonly before: RegistryState;
}

/**
 * Observes every change of the registry at the instant of its effect and reports violations. Judges only the stored
 * state, not the outcomes that callers receive.
 */
export class VersionWitness {
  readonly published: PublishedVersion[] = [];
  private readonly trainerOfEpoch = new Map<number, string>();

  constructor(
    private readonly store: MemoryModelStore,
    private readonly topic: SimulatedTopic,
    private readonly accuse: (violation: string) => void,
  ) {}

  observe(before: RegistryState, after: RegistryState): void {
    if (before.newest !== after.newest) this.observeVersion(before, after);
    this.checkHistory();
    const { lease } = after;
    if ((lease?.epoch ?? 0) < (before.lease?.epoch ?? 0)) this.accuse('the epoch went back');
  }

  private observeVersion(before: RegistryState, after: RegistryState): void {
    const newest = this.published.at(-1)?.record ?? null;
    const { version } = after.newest!;
    const stored = this.store.versions.get(version);
    if (version !== (newest?.version ?? 0) + 1 || stored === undefined) {
      this.accuse(`version ${version} became the newest after version ${newest?.version ?? 0}`);
      return;
    }
    const record = JSON.parse(stored.recordText) as VersionRecord;
    this.published.push({ record, stored: { ...stored }, before });
    if (record.version !== version || record.recordDigest !== after.newest!.recordDigest) {
      this.accuse(`version ${version}: the registry names another record than it stores`);
    }
    this.checkParent(record, newest);
    this.checkEpoch(record, after);
    for (const unkept of unkeptRows(this.topic, newest, record)) {
      this.accuse(`version ${version} steps over the rejected row ${unkept}, which is not kept`);
    }
  }

  private checkParent(record: VersionRecord, newest: VersionRecord | null): void {
    const { version, parent } = record;
    if (parent?.version !== newest?.version || parent?.recordDigest !== newest?.recordDigest) {
      this.accuse(`version ${version}: its parent is not the version before it`);
    }
    for (const [p, { batchFrom, next, start, windowFrom }] of record.lineage.entries()) {
      const last = newest?.lineage[p];
      if (last === undefined) continue;
      const isContiguous = batchFrom === last.next && start === last.start;
      if (!isContiguous)
        this.accuse(`version ${version}: partition ${p} does not go on where its parent ended`);
      if (Number(next) < Number(last.next) || Number(windowFrom) < Number(last.windowFrom)) {
        this.accuse(`version ${version}: partition ${p} went back`);
      }
    }
    if (record.lineage.length < (newest?.lineage.length ?? 0))
      this.accuse(`version ${version} lost a partition`);
  }

  /** The publisher holds the lease at that instant, and each epoch has one trainer. */
  private checkEpoch({ version, trainer }: VersionRecord, { lease }: RegistryState): void {
    if (trainer.epoch !== lease?.epoch || trainer.id !== lease.holder) {
      this.accuse(
        `version ${version} was published by ${trainer.id} in epoch ${trainer.epoch} without the lease`,
      );
    }
    const before = this.trainerOfEpoch.get(trainer.epoch) ?? trainer.id;
    if (before !== trainer.id) this.accuse(`two trainers published in epoch ${trainer.epoch}`);
    this.trainerOfEpoch.set(trainer.epoch, before);
  }

  private checkHistory(): void {
    for (const [version, { recordText, treeText }] of this.store.versions) {
      const first = this.published[version - 1]?.stored;
      if (first?.recordText !== recordText || first.treeText !== treeText) {
        this.accuse(`version ${version} is not what it was when it was published`);
      }
    }
  }
}

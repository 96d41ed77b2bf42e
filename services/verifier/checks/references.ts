import type { VersionRecord } from '../../../shared/model-registry/version-record';
import { schemaDigest } from '../../../shared/row/schema';
import type { DeepSource } from '../deep-source';
import type { RowSpan } from '../reading/retained-rows';
import type { Findings } from './findings';
import type { Found, KnownVersions } from './known-versions';

/** The version that a record names as its parent or as its champion; null where the record names none. */
export async function referenced(
  findings: Findings,
  known: KnownVersions,
  role: 'parent' | 'champion',
  record: VersionRecord,
): Promise<Found | null> {
  const ref = record[role];
  if (role === 'parent') findings.compare('parent.version', ref?.version ?? 0, record.version - 1);
  if (ref === null) return null;
  if (ref.version >= record.version) {
    findings.differ(`${role}.version`, String(ref.version), `below ${record.version}`);
    return 'unreadable';
  }
  const found = await known.find(ref.version);
  if (found === 'gone') findings.skip(role, `version ${ref.version} is not stored any more`);
  else if (found === 'unreadable') findings.skip(role, `the record of version ${ref.version} cannot be read`);
  else findings.compare(`${role}.recordDigest`, ref.recordDigest, found.record.recordDigest);
  return found;
}

/** Compares model, log, schema and trainer of a record; `parent` is null when it is not stored. */
export function checkIdentity(
  findings: Findings,
  record: VersionRecord,
  parent: VersionRecord | null,
  source: Pick<DeepSource, 'model' | 'log' | 'schema'>,
  leaseEpoch: number,
): void {
  const { kind, clusterId, topic } = source.log;
  findings.compare('model', record.model, source.model);
  findings.compare('log', record.log, { kind, clusterId, topic });
  findings.compare('schemaDigest', record.schemaDigest, schemaDigest(source.schema));
  const { epoch } = record.trainer;
  // A version that was imported into an empty registry may come before the first trainer.
  const lowest = parent?.trainer.epoch ?? (record.imported === undefined ? 1 : 0);
  const isInOrder = epoch >= lowest && epoch <= leaseEpoch;
  if (!isInOrder) {
    const bounds = `${lowest} to ${leaseEpoch}`;
    findings.differ('trainer.epoch', String(epoch), `${bounds}: the parent's to the lease's`);
  }
  if (parent === null) return;
  // The first version fixes the share, since a holdout row never changes sides.
  findings.compare('settings.holdoutShare', record.settings.holdoutShare, parent.settings.holdoutShare);
}

/** Compares the newest timestamp of all messages with accepted rows up to the end of the mini-batch. */
export function checkNewestRowAt(
  findings: Findings,
  record: VersionRecord,
  parent: VersionRecord | null,
  batch: readonly RowSpan[],
): void {
  const before = parent?.newestRowAt ?? null;
  let newestMs = before === null ? -1 : Date.parse(before);
  for (const { rows, from, to } of batch) {
    for (let row = from; row < to; row++) newestMs = Math.max(newestMs, rows.timestampOf(row));
  }
  const newest = newestMs < 0 ? null : new Date(newestMs).toISOString();
  findings.compare('newestRowAt', record.newestRowAt, newest);
}

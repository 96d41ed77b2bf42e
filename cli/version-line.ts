import { CHAMPION } from '../shared/model-registry/aliases';
import type { RegistryState } from '../shared/model-registry/model-registry';
import type { VersionRecord } from '../shared/model-registry/version-record';

/** Rows that were read into versions so far, bad ones included. */
export function rowsIn(record: VersionRecord): number {
  return record.lineage.reduce((rows, partition) => rows + partition.accepted + partition.rejected, 0);
}

/** `rows 90/150 · version 9 live · holdout 14/14 · test-then-train 74/80` */
export function progressText(record: VersionRecord, rowsTotal: number | null): string {
  const { holdout, prequential } = record.evaluation;
  const rejected = record.lineage.reduce((rows, partition) => rows + partition.rejected, 0);
  const total = rowsTotal !== null && rowsIn(record) <= rowsTotal ? `/${rowsTotal}` : '';
  const parts = [
    `rows ${rowsIn(record)}${total}`,
    record.promotion.promoted
      ? `version ${record.version} live`
      : `version ${record.version} ${isLeftToPerson(record) ? 'waits' : 'refused'} (${record.promotion.reason})`,
    `holdout ${holdout.candidate}/${holdout.rows}`,
    `test-then-train ${prequential.hits}/${prequential.rows}`,
  ];
  if (rejected > 0) parts.push(`rejected ${rejected}`);
  return parts.join(' · ');
}

/** Whether a person decides what becomes of it, and not the gate. */
function isLeftToPerson({ promotion }: VersionRecord): boolean {
  return promotion.reason === 'manual' || promotion.reason === 'held';
}

export function championOf(state: RegistryState): number | null {
  return state.aliases[CHAMPION]?.version ?? null;
}

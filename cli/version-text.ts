import { accuracy, type Hits } from '../shared/evaluation/accuracy';
import { CHAMPION } from '../shared/model-registry/aliases';
import type { RegistryState } from '../shared/model-registry/model-registry';
import type { VersionRecord } from '../shared/model-registry/version-record';

/** `rows 90/150 · version 9 live · holdout 14/14 · prequential 74/80` */
export function progressText(record: VersionRecord, rowsTotal: number | null): string {
  const { holdout, prequential } = record.evaluation;
  const rejected = record.lineage.reduce((rows, partition) => rows + partition.rejected, 0);
  const total = rowsTotal !== null && rowsIn(record) <= rowsTotal ? `/${rowsTotal}` : '';
  const parts = [
    `rows ${rowsIn(record)}${total}`,
    record.promotion.promoted
      ? `version ${record.version} live`
      : `version ${record.version} ${waitsForPerson(record) ? 'waits' : 'refused'} (${record.promotion.reason})`,
    `holdout ${holdout.candidate}/${holdout.rows}`,
    `prequential ${prequential.hits}/${prequential.rows}`,
  ];
  if (rejected > 0) parts.push(`rejected ${rejected}`);
  return parts.join(' · ');
}

/** The rows that the versions up to this one have read, rejected rows included. */
export function rowsIn(record: VersionRecord): number {
  return record.lineage.reduce((rows, partition) => rows + partition.accepted + partition.rejected, 0);
}

/** The version's hits on the holdout rows, as `hitsText` writes them. */
export function holdoutText({ evaluation: { holdout } }: VersionRecord): string {
  return hitsText({ rows: holdout.rows, hits: holdout.candidate });
}

/** `27/30 90.0%`, or `-` without rows. */
export function hitsText(hits: Hits): string {
  const share = accuracy(hits);
  return share === null ? '-' : `${hits.hits}/${hits.rows} ${(share * 100).toFixed(1)}%`;
}

export function championOf(state: RegistryState): number | null {
  return state.aliases[CHAMPION]?.version ?? null;
}

/** Whether a person, and not the promotion rule, decides if the version becomes the champion. */
function waitsForPerson({ promotion }: VersionRecord): boolean {
  return promotion.reason === 'manual' || promotion.reason === 'held';
}

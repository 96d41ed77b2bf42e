import { createHash } from 'node:crypto';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import type { Settings } from '../../shared/settings/settings';
import type { Tree } from '../../shared/tree/tree';
import type { PlainRow } from './plain-log';
import { predictPlainly } from './plain-tree';

export function hitsOf(tree: Tree, rows: readonly PlainRow[]): number {
  return rows.filter((row) => predictPlainly(tree, row.features) === row.classIndex).length;
}

export function confusionOf(tree: Tree, rows: readonly PlainRow[], classes: number): number[][] {
  const counts = Array.from({ length: classes }, () => Array<number>(classes).fill(0));
  for (const row of rows) counts[row.classIndex]![predictPlainly(tree, row.features)]!++;
  return counts;
}

/** McNemar's test in its textbook form with root and division: a challenger is refused when z is above 2. */
export function decidePlainly(
  candidate: Tree,
  champion: Tree | null,
  heldOut: readonly PlainRow[],
  { promotion }: Settings,
): VersionRecord['promotion'] {
  if (champion === null) return { promoted: true, reason: 'first', onlyChampion: 0, onlyCandidate: 0 };
  let onlyChampion = 0;
  let onlyCandidate = 0;
  for (const { features, classIndex } of heldOut) {
    const championIsRight = predictPlainly(champion, features) === classIndex;
    const candidateIsRight = predictPlainly(candidate, features) === classIndex;
    if (championIsRight && !candidateIsRight) onlyChampion++;
    if (candidateIsRight && !championIsRight) onlyCandidate++;
  }
  if (promotion === 'immediate') return { promoted: true, reason: 'immediate', onlyChampion, onlyCandidate };
  if (promotion === 'manual') return { promoted: false, reason: 'manual', onlyChampion, onlyCandidate };
  const differing = onlyChampion + onlyCandidate;
  const z = differing === 0 ? 0 : (onlyChampion - onlyCandidate) / Math.sqrt(differing);
  const refused = z > 2;
  return {
    promoted: !refused,
    reason: refused ? 'champion-better' : 'not-worse',
    onlyChampion,
    onlyCandidate,
  };
}

/** Encodes each row separately and hashes all bytes at once. */
export function digestOf(rows: readonly PlainRow[]): string {
  const hash = createHash('sha256');
  for (const { partition, offset, line, features, classIndex } of rows) {
    const bytes = new DataView(new ArrayBuffer(4 + 8 + 4 + features.length * 8 + 4));
    bytes.setUint32(0, partition, true);
    bytes.setBigUint64(4, BigInt(offset), true);
    bytes.setUint32(12, line, true);
    for (const [f, value] of features.entries()) bytes.setFloat64(16 + f * 8, value === 0 ? 0 : value, true);
    bytes.setUint32(16 + features.length * 8, classIndex, true);
    hash.update(new Uint8Array(bytes.buffer));
  }
  return hash.digest('hex');
}

import { fitExact } from '../../shared/engine/exact/fit-exact';
import type { FitLimits, TrainingSet } from '../../shared/engine/training-set';
import type { Figure } from '../harness/figure';
import type { PeerTables } from '../harness/peer-tables';
import { hitsOf, likenessOf, type PeerTree } from '../yardsticks/same-tree';

interface ScoredTree extends PeerTree {
  readonly hits: number;
}

/**
 * Whether a tree is the one that scikit-learn fits to the same rows, but for splits that are equally good and those
 * that it passes over: it does not cut between values that are nearer than 1e-7 in float32 (its FEATURE_THRESHOLD).
 */
export function sameTree(
  { name, conditions, table }: { name: string; conditions: string; table: () => TrainingSet },
  limits: FitLimits,
  peers: PeerTables,
): Figure {
  const title = { name: 'the same tree as scikit-learn', conditions };
  const missing = peers.missing();
  if (missing !== null) return { kind: 'skipped', ...title, missing };
  return {
    kind: 'check',
    ...title,
    async check() {
      const options = { maxDepth: limits.maxDepth, score: true, splits: true };
      const theirs = await peers.ask<ScoredTree>({ peer: 'sklearn', name, table }, options);
      const rows = table();
      const ours = fitExact(rows, limits);
      const { same, tied, better, worse } = likenessOf(ours, theirs, rows);
      const hits = hitsOf(ours, rows);
      return {
        // Ties that fall otherwise may end in leaves that get a few rows more or fewer right.
        holds: worse === 0 && better <= same / 1_000 && Math.abs(hits - theirs.hits) <= rows.rowCount / 1_000,
        found: `${same} splits the same, ${tied} equally good, ${better} better, ${worse} worse; right ${hits} and ${theirs.hits} of ${rows.rowCount}`,
      };
    },
  };
}

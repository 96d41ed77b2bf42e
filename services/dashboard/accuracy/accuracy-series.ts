import type { VersionSummary } from '../../../shared/api/events';

/** How a version is marked: by the decision on its promotion, or by an alarm. */
export type Fate = 'promoted' | 'refused' | 'alarm';

/** The columns of the chart, one entry for each version. Shares are from 0 to 1, null when no row was scored. */
export interface AccuracySeries {
  readonly versions: readonly number[];
  /** Prequential accuracy over about the last SMOOTHED_ROWS rows: the version before predicts each row before it is learned. */
  readonly prequential: readonly (number | null)[];
  /** Holdout accuracy of the version itself. */
  readonly holdout: readonly (number | null)[];
  readonly fates: readonly Fate[];
  /** True for more than MARKS_MAX versions; then only versions that were not promoted and alarms are marked. */
  readonly isCrowded: boolean;
}

/** More marks than this would hide the line below them. */
const MARKS_MAX = 60;

/** The accuracy of one mini-batch, ten rows by default, is too noisy to draw. */
export const SMOOTHED_ROWS = 100;
/** A fall of prequential accuracy this far below its best is an alarm, since the data may have drifted. */
const ALARM_FALL = 0.1;
/** The alarm ends when accuracy is this close to its best. The hysteresis prevents repeated alarms for one fall. */
const ALARM_OVER = 0.05;

export function accuracySeries(versions: readonly VersionSummary[]): AccuracySeries {
  const prequential = versions.map((_, i) => recentShare(versions, i));
  const holdout = versions.map(({ holdout: { rows, candidate } }) => (rows === 0 ? null : candidate / rows));
  return {
    versions: versions.map(({ version }) => version),
    prequential: prequential.map(({ share }) => share),
    holdout,
    fates: fatesOf(versions, prequential),
    isCrowded: versions.length > MARKS_MAX,
  };
}

interface RecentShare {
  readonly share: number | null;
  /** Rows that `share` was computed from. */
  readonly rows: number;
}

/** The share of hits in this mini-batch and the ones before it, back to SMOOTHED_ROWS rows. */
function recentShare(versions: readonly VersionSummary[], last: number): RecentShare {
  let rows = 0;
  let hits = 0;
  for (let i = last; i >= 0 && rows < SMOOTHED_ROWS; i--) {
    const { batch } = versions[i]!;
    rows += batch?.rows ?? 0;
    hits += batch?.hits ?? 0;
  }
  return { share: rows === 0 ? null : hits / rows, rows };
}

/**
 * Marks an alarm once, at the version where the fall begins. A share of fewer than SMOOTHED_ROWS rows is ignored, since
 * the first ten rows may all be hits by chance.
 */
function fatesOf(versions: readonly VersionSummary[], prequential: readonly RecentShare[]): Fate[] {
  let best = 0;
  let isLow = false;
  return versions.map(({ promoted }, i) => {
    const { share, rows } = prequential[i]!;
    const wasLow = isLow;
    if (share !== null && rows >= SMOOTHED_ROWS) {
      best = Math.max(best, share);
      isLow = share < best - (wasLow ? ALARM_OVER : ALARM_FALL);
    }
    if (isLow && !wasLow) return 'alarm';
    return promoted ? 'promoted' : 'refused';
  });
}

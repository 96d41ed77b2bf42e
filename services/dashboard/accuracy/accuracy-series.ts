import type { VersionSummary } from '../../../shared/api/events';

/** What became of a version when it met the champion. */
export type Fate = 'promoted' | 'refused' | 'alarm';

/** Columns of equal length, a version each: what the chart draws. Shares from 0 to 1, null where nothing was scored. */
export interface AccuracySeries {
  readonly versions: readonly number[];
  /** Hits of the version before on the newest rows, over the last SMOOTHED_ROWS of them or so: test, then train. */
  readonly prequential: readonly (number | null)[];
  /** Hits of the version itself on rows that no version was fitted on. */
  readonly holdout: readonly (number | null)[];
  readonly fates: readonly Fate[];
  /** True for so many versions that only those that did not go live, and alarms, are marked. */
  readonly isCrowded: boolean;
}

/** More marks than this would hide the line that they stand on. */
const MARKS_MAX = 60;

/** A mini-batch alone is ten rows by default, and its accuracy leaps. */
export const SMOOTHED_ROWS = 100;
/** Prequential accuracy that falls so far below its best is an alarm: the world may have changed. */
const ALARM_FALL = 0.1;
/** It is over when accuracy came back by half of that; without this a fall that wavers would be many alarms. */
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
  /** Rows that it was counted over. */
  readonly rows: number;
}

/** Of this mini-batch and as many before it as make up SMOOTHED_ROWS rows. */
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
 * An alarm is told once, where the fall begins; until accuracy is back, versions are promoted or refused as ever. A
 * share over fewer rows than SMOOTHED_ROWS says nothing yet: the first ten rows are easily all hits.
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

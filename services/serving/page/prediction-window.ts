import type { PredictionCounts } from '../metrics/prediction-counts';
import { BOUNDS_SECONDS } from '../metrics/serving-metrics';

/** The first look and ten seconds of one a second. */
const LOOKS_MAX = 11;

/** What all processes had answered at one time. */
export interface PredictionLook {
  /** Milliseconds of the monotonic clock. */
  readonly atMs: number;
  /** How many processes the counts are of. */
  readonly processes: number;
  readonly counts: PredictionCounts;
}

export interface PredictionFigures {
  readonly processes: number;
  /** Since the processes began. */
  readonly requests: number;
  /** Null before the second look: there is nothing yet to compare with. */
  readonly requestsPerSecond: number | null;
  /** Null when nothing was asked in the time that is looked at. */
  readonly p99Ms: number | null;
}

/** How busy serving was in the last ten seconds, by the differences between what was counted then and now. */
export class PredictionWindow {
  private looks: PredictionLook[] = [];

  /** Counts that went down, or of another number of processes, are of other processes: no difference means anything. */
  add(look: PredictionLook): void {
    const before = this.looks.at(-1);
    const isComparable = before !== undefined && before.processes === look.processes;
    if (!isComparable || look.counts.some((count, i) => count < before.counts[i]!)) this.looks = [];
    this.looks.push(look);
    if (this.looks.length > LOOKS_MAX) this.looks.shift();
  }

  /** Null before the first look. */
  figures(): PredictionFigures | null {
    const [oldest] = this.looks;
    const newest = this.looks.at(-1);
    if (oldest === undefined || newest === undefined) return null;
    const counts = newest.counts.map((count, i) => count - oldest.counts[i]!);
    const p99Ms = percentileMs(counts, 0.99);
    const seconds = (newest.atMs - oldest.atMs) / 1_000;
    return {
      processes: newest.processes,
      requests: sum(newest.counts),
      requestsPerSecond: seconds > 0 ? rounded(sum(counts) / seconds) : null,
      p99Ms: p99Ms === null ? null : rounded(p99Ms),
    };
  }
}

/**
 * The time that a share of the answers took at most, in milliseconds, taken as evenly spread within each bucket; null
 * without an answer. Above the last bound it is that bound, since nothing more is known.
 */
export function percentileMs(counts: PredictionCounts, share: number): number | null {
  const rank = share * sum(counts);
  if (rank === 0) return null;
  let below = 0;
  let lower = 0;
  for (const [i, upper] of BOUNDS_SECONDS.entries()) {
    const within = counts[i]!;
    if (within > 0 && below + within >= rank) {
      return 1_000 * (lower + ((upper - lower) * (rank - below)) / within);
    }
    below += within;
    lower = upper;
  }
  return 1_000 * lower;
}

/** To thousandths, below which a person reads nothing. */
function rounded(figure: number): number {
  return Math.round(figure * 1_000) / 1_000;
}

function sum(counts: PredictionCounts): number {
  return counts.reduce((total, count) => total + count, 0);
}

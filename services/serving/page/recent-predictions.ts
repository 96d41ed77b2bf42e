import type { PredictionCounts } from '../metrics/prediction-counts';
import { BOUNDS_SECONDS } from '../metrics/serving-metrics';

/** The first sample and ten seconds of one a second. */
const SAMPLES_MAX = 11;

/** The prediction counts of all processes at one time. */
export interface PredictionSample {
  /** Milliseconds of the monotonic clock. */
  readonly atMs: number;
  /** The number of processes in `counts`. */
  readonly processes: number;
  readonly counts: PredictionCounts;
}

export interface PredictionFigures {
  readonly processes: number;
  /** Since the processes began. */
  readonly requests: number;
  /** Null before the second sample, because a rate needs two. */
  readonly requestsPerSecond: number | null;
  /** Null when no prediction was asked for between the oldest and the newest sample. */
  readonly p99Ms: number | null;
}

/** The load of the last ten seconds, from the difference between the oldest and the newest counts. */
export class RecentPredictions {
  private samples: PredictionSample[] = [];

  /** Counts that fell, or of another number of processes, come from other processes, so sampling starts anew. */
  add(sample: PredictionSample): void {
    const before = this.samples.at(-1);
    const isComparable = before !== undefined && before.processes === sample.processes;
    if (!isComparable || sample.counts.some((count, i) => count < before.counts[i]!)) this.samples = [];
    this.samples.push(sample);
    if (this.samples.length > SAMPLES_MAX) this.samples.shift();
  }

  /** Null before the first sample. */
  figures(): PredictionFigures | null {
    const [oldest] = this.samples;
    const newest = this.samples.at(-1);
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
 * The quantile `share` of the answer times, in milliseconds, with answers spread evenly within each bucket; null without
 * an answer. For answers above the last bound it is that bound.
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

/** To thousandths, which is as fine as people read. */
function rounded(figure: number): number {
  return Math.round(figure * 1_000) / 1_000;
}

function sum(counts: PredictionCounts): number {
  return counts.reduce((total, count) => total + count, 0);
}

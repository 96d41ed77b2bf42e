const PERIOD_MS = 30_000;
const FIRST_PAUSE_MS = 100;
const PAUSE_MS_MAX = 10_000;

/**
 * How long to wait before a dead worker is replaced: not at all after a quiet time, so that one crash costs nothing,
 * and twice as long with each death within the last half minute, so that workers that cannot live do not keep the
 * machine busy with being born.
 */
export class ReplacementPace {
  private deathsMs: number[] = [];

  /** To be asked once a death; `nowMs` is of a monotonic clock. */
  pauseMs(nowMs: number): number {
    this.deathsMs = this.deathsMs.filter((deathMs) => nowMs - deathMs < PERIOD_MS);
    const recent = this.deathsMs.length;
    this.deathsMs.push(nowMs);
    return recent === 0 ? 0 : Math.min(PAUSE_MS_MAX, FIRST_PAUSE_MS * 2 ** (recent - 1));
  }
}

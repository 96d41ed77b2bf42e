import { AlderError } from '../../errors';
import type { PartitionBounds } from '../row-log';
import type { FetchPosition } from './fetch-blocks';

/** How long a position must stay above the end: a leader just elected may not know yet how far its partition reaches. */
const ABOVE_END_MS_MIN = 2_000;

/**
 * Judges the answer "offset out of range". A broker that no longer leads a partition gives it too, so it counts only
 * when the leader's own bounds, asked afterwards, agree.
 */
export class RangeJudge {
  private readonly aboveSinceMs = new Map<number, number>();

  constructor(
    private readonly topic: string,
    private readonly nowMs: () => number,
  ) {}

  /**
   * Null while the position may be right: fetch again. `log-range-gone` when retention passed it, `log-replaced` when
   * it stays above the end for 2 s.
   */
  judge({ partition, from }: FetchPosition, bounds: PartitionBounds): AlderError | null {
    const where = `kafka: offset ${from} of partition ${partition} of ${this.topic}`;
    const fields = { topic: this.topic, partition, offset: from };
    if (from < bounds.earliest) {
      return new AlderError('log-range-gone', `${where} is gone, earliest is ${bounds.earliest}`, {
        hint: 'raise the retention of the topic above the time that its reader may be away',
        fields: { ...fields, earliest: bounds.earliest },
      });
    }
    if (from <= bounds.end) {
      this.aboveSinceMs.delete(partition);
      return null;
    }
    const since = this.aboveSinceMs.get(partition) ?? this.nowMs();
    this.aboveSinceMs.set(partition, since);
    if (this.nowMs() - since < ABOVE_END_MS_MIN) return null;
    return new AlderError(
      'log-replaced',
      `${where} is above its end ${bounds.end}: this is not the log that was read`,
      {
        hint: 'the topic was made again or lost its newest messages; use the log that the newest version names',
        fields: { ...fields, end: bounds.end },
      },
    );
  }
}

import type { Moment, PageState } from '../feed/page-state';
import { agoText, counted, countText } from '../ui/format';

/** The parts of the pipeline, in the order in which a row meets them. */
export const STAGES = ['producer', 'log', 'trainer', 'registry', 'serving'] as const;
export type Stage = (typeof STAGES)[number];

/** Something that a person should look at. */
export interface Trouble {
  readonly stage: Stage;
  /** `alarm`: something does not work; `warning`: it may stop to. */
  readonly level: 'alarm' | 'warning';
  /** What is wrong and what it means. It stays the same while the trouble does: it is read aloud when it changes. */
  readonly told: string;
  /** The figures of it, which change every second. */
  readonly figures: string | null;
}

/** A lag counts as growing when it did over this time, and by more than a moment's worth. */
const LAG_OVER_MS = 10_000;
export const LAG_GROWN_MIN = 100;
/** The registry is looked at several times a second. */
const STALE_MS = 5_000;

/** What is in trouble now, the worst first; nothing while nothing is known. */
export function troublesOf({ pipeline, moments }: PageState): readonly Trouble[] {
  if (pipeline === null) return [];
  const { registry, trainer, aliases } = pipeline;
  const { report } = trainer;
  const troubles: Trouble[] = [];
  const add = (stage: Stage, level: Trouble['level'], told: string, figures: string | null = null) =>
    troubles.push({ stage, level, told, figures });

  if (!registry.isReachable || registry.stalenessMs > STALE_MS) {
    add(
      'registry',
      'alarm',
      'The registry cannot be reached. Predictions go on from memory; new versions do not arrive.',
      `It was last seen ${agoText(0, registry.stalenessMs)}.`,
    );
  } else if (trainer.state === 'none') {
    add('trainer', 'alarm', 'No trainer is running. Rows wait in the log; what is served does not change.');
  } else if (trainer.state === 'silent') {
    add(
      'trainer',
      'alarm',
      'The trainer is silent. Rows wait in the log until it, or another one, goes on.',
      `The trainer gave its last sign of life ${agoText(0, trainer.silentMs)}.`,
    );
  }
  if (trainer.state === 'active') {
    for (const { partition, rejected, rows, reason } of report?.paused ?? []) {
      const why = reason === null ? '' : `, mostly for ${reason}`;
      add(
        'trainer',
        'alarm',
        `Reading of partition ${partition} pauses: too many of its newest rows were bad${why}. It goes on when the newest rows are good again.`,
        `${countText(rejected)} of the last ${countText(rows)} were bad.`,
      );
    }
    const grown = lagGrowth(moments);
    if (grown !== null && grown >= LAG_GROWN_MIN)
      add(
        'log',
        'warning',
        'Rows arrive faster than they are read, so what is learned falls behind what happens.',
        `${counted(grown, 'more message')} waiting than ten seconds before.`,
      );
  }
  if (aliases.champion === undefined && trainer.state === 'active')
    add(
      'serving',
      'warning',
      'There is no version yet, so nothing can be predicted. The first rows make one.',
    );
  return troubles.sort((a, b) => Number(a.level === 'warning') - Number(b.level === 'warning'));
}

/**
 * How many messages more wait now than ten seconds before; null while that is not known, as after a time without a
 * connection.
 */
export function lagGrowth(moments: readonly Moment[]): number | null {
  const now = moments.at(-1);
  if (now === undefined || now.lagMessages === null) return null;
  const before = moments.findLast(({ atMs }) => now.atMs - atMs >= LAG_OVER_MS);
  if (before === undefined || before.lagMessages === null) return null;
  if (now.atMs - before.atMs >= 2 * LAG_OVER_MS) return null;
  return now.lagMessages - before.lagMessages;
}

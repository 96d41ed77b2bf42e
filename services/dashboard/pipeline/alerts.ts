import type { Moment, PageState } from '../feed/page-state';
import { agoText, counted, countText } from '../ui/format';

/** The parts of the pipeline, in the order in which a row meets them. */
export const STAGES = ['producer', 'log', 'trainer', 'registry', 'serving'] as const;
export type Stage = (typeof STAGES)[number];

/** A condition that needs a person's attention. */
export interface Alert {
  readonly stage: Stage;
  /** `alarm`: a part does not work; `warning`: a part may stop working. */
  readonly level: 'alarm' | 'warning';
  /** Cause and effect. Constant while the alert lasts, since screen readers announce every change. */
  readonly message: string;
  /** Figures that change every second; screen readers do not announce them. */
  readonly figures: string | null;
}

/** The lag is growing when it grew by LAG_GROWN_MIN messages or more within this time. */
const LAG_OVER_MS = 10_000;
export const LAG_GROWN_MIN = 100;
/** Serving reads the registry several times a second, so an older reading means that the registry is away. */
const STALE_MS = 5_000;

/** The alerts of this moment, alarms first; none before the first event. */
export function alertsOf({ pipeline, moments }: PageState): readonly Alert[] {
  if (pipeline === null) return [];
  const { registry, trainer, aliases } = pipeline;
  const { report } = trainer;
  const alerts: Alert[] = [];
  const add = (stage: Stage, level: Alert['level'], message: string, figures: string | null = null) =>
    alerts.push({ stage, level, message, figures });

  if (!registry.isReachable || registry.stalenessMs > STALE_MS) {
    add(
      'registry',
      'alarm',
      'The model registry is unreachable, so predictions use the cached versions and new versions do not arrive.',
      `Last contact: ${agoText(0, registry.stalenessMs)}.`,
    );
  } else if (trainer.state === 'none') {
    add('trainer', 'alarm', 'No trainer is running, so rows wait in the log and no version is made.');
  } else if (trainer.state === 'silent') {
    add(
      'trainer',
      'alarm',
      'The trainer has stopped reporting, so rows may wait in the log until it or a standby resumes.',
      `Last heartbeat: ${agoText(0, trainer.silentMs)}.`,
    );
  }
  if (trainer.state === 'active') {
    for (const { partition, rejected, rows, reason } of report?.paused ?? []) {
      const why = reason === null ? '' : ` (mostly ${reason})`;
      add(
        'trainer',
        'alarm',
        `Too many of the newest rows of partition ${partition} were rejected${why}, so the circuit breaker paused it. Reading resumes when the newest rows are valid again.`,
        `${countText(rejected)} of the last ${countText(rows)} rows were rejected.`,
      );
    }
    const grown = lagGrowth(moments);
    if (grown !== null && grown >= LAG_GROWN_MIN)
      add(
        'log',
        'warning',
        'Rows arrive faster than the trainer reads them, so its lag is growing.',
        `The lag grew by ${counted(grown, 'message')} in ten seconds.`,
      );
  }
  if (aliases.champion === undefined && trainer.state === 'active')
    add('serving', 'warning', 'No version has been trained yet, so predictions are not possible.');
  return alerts.sort((a, b) => Number(a.level === 'warning') - Number(b.level === 'warning'));
}

/**
 * Growth of the lag over the last ten seconds, in messages, negative when it shrank; null without a reading from that
 * time, for example after a reconnect.
 */
export function lagGrowth(moments: readonly Moment[]): number | null {
  const now = moments.at(-1);
  if (now === undefined || now.lagMessages === null) return null;
  const before = moments.findLast(({ atMs }) => now.atMs - atMs >= LAG_OVER_MS);
  if (before === undefined || before.lagMessages === null) return null;
  if (now.atMs - before.atMs >= 2 * LAG_OVER_MS) return null;
  return now.lagMessages - before.lagMessages;
}

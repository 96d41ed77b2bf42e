import type { SettingName } from '../../shared/settings/settings';
import type { Missing, RatioFigure, Yardstick } from '../harness/figure';
import type { TrainedRows } from '../yardsticks/ingest-trainer';

export interface TrainerSettings {
  readonly flags: Partial<Record<SettingName, number>>;
  /** `settings` in words, for the table. */
  readonly told: string;
}

/** A backlog with mini-batches of a tenth of the window; a cut takes all read rows, up to ten times batchRows. */
export const BACKLOG: TrainerSettings = {
  flags: { windowRows: 10_000, batchRows: 1_000, batchWaitMs: 20 },
  told: 'windowRows 10,000, batchRows 1,000: refits of up to 10,000 new rows',
};

/** Settings for a flood of rows: a window of new rows for each refit, and more while the backlog lasts. */
export const FLOOD: TrainerSettings = {
  flags: { windowRows: 10_000, batchRows: 10_000, batchWaitMs: 20 },
  told: 'windowRows 10,000, batchRows 10,000: refits of up to 100,000 new rows',
};

/** The stream job: a version for every 1,000 rows. */
export const EVERY_1000: TrainerSettings = {
  flags: { windowRows: 10_000, batchRows: 1_000, batchRowsMax: 1_000 },
  told: 'test, then train, a refit every 1,000 rows at windowRows 10,000',
};

/** Rows per second of a trainer; the conditions name the number of versions of the last round. */
export function trainedFigure(
  rounds: number,
  name: string,
  conditions: string,
  { flags, told }: TrainerSettings,
  train: (flags: TrainerSettings['flags']) => Promise<TrainedRows>,
  yardsticks: readonly (Yardstick | Missing)[],
): RatioFigure {
  let made = '';
  return {
    kind: 'ratio',
    name,
    get conditions() {
      return `${conditions}, ${told}${made}`;
    },
    unit: 'rows/s',
    isLowerBetter: false,
    rounds,
    ours: {
      name: 'the trainer',
      async run() {
        const { rowsPerSecond, versions } = await train(flags);
        made = `, ${versions} versions made`;
        return rowsPerSecond;
      },
    },
    yardsticks,
  };
}

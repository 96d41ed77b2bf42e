import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { inlineFitter } from '../../services/trainer/fit/fitter';
import type { TrainerEventMap } from '../../services/trainer/report/trainer-events';
import { runTrainer } from '../../services/trainer/term/trainer';
import { engineByName } from '../../shared/engine/engines';
import type { Schema } from '../../shared/row/schema';
import { systemClock } from '../../shared/runtime/clock';
import type { Log } from '../../shared/runtime/log';
import type { Settings } from '../../shared/settings/settings';
import { uniqueName } from './live';
import type { Neighbours } from './pipeline-backends';

/** A trainer that runs in this process. */
export interface RunningTrainer {
  readonly id: string;
  /** The events in order: `standby`, `active`, `version 1` …, and the codes of warnings. */
  readonly story: readonly string[];
  /** Resolves when the trainer has read this many accepted rows. */
  hasRead(rows: number): Promise<void>;
  /** Resolves when the trainer becomes active for the first time. */
  readonly active: Promise<void>;
  /** Resolves when the trainer has ended; rejects with the error that ended it. */
  readonly ended: Promise<void>;
  /** Stops the trainer and resolves once it has ended. */
  stop(): Promise<void>;
}

/** Starts a trainer that fits on this thread and uses the system clock. */
export function startTrainer(
  neighbours: Neighbours,
  schema: Schema,
  settings: Settings,
  beforeFit: () => Promise<void> = async () => undefined,
): RunningTrainer {
  const engine = engineByName(settings.engine);
  const fitter = inlineFitter(engine);
  const stopping = new AbortController();
  const story: string[] = [];
  const id = uniqueName('trainer');
  const warn: Log['warn'] = (code) => void story.push(code);
  let readRows = 0;
  let becomeActive: () => void = () => undefined;
  const active = new Promise<void>((resolve) => {
    becomeActive = resolve;
  });
  const events = new EventEmitter<TrainerEventMap>();
  events.on('standby', () => void story.push('standby'));
  events.on('active', () => {
    story.push('active');
    becomeActive();
  });
  events.on('read', (accepted) => {
    readRows += accepted;
  });
  events.on('version', ({ version }) => void story.push(`version ${version}`));
  const ended = runTrainer(
    {
      ...neighbours,
      schema,
      settings,
      engine,
      fitter: {
        ...fitter,
        fit: async (rows, limits) => {
          await beforeFit();
          return fitter.fit(rows, limits);
        },
      },
      trainerId: id,
      codeVersion: 'test',
      clock: systemClock,
      log: { info: () => undefined, warn, error: warn },
      events,
    },
    stopping.signal,
  );
  return {
    id,
    story,
    active,
    ended,
    async hasRead(rows) {
      while (readRows < rows) await setImmediate();
    },
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

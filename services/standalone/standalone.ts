import { isAlderError } from '../../shared/errors';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import { runTogether, untilAborted } from '../../shared/runtime/tasks';
import type { ProducerOptions, ProducerSummary } from '../producer/producer';
import { type Serving, type ServingOptions, startServing } from '../serving/server/serving';
import type { TrainerContext } from '../trainer/term/trainer-context';
import { finalRefit } from './final-refit';
import { untilServed } from './until-served';

export interface StandaloneParts {
  readonly trainer: TrainerContext;
  readonly serving: ServingOptions;
  readonly producer: Omit<ProducerOptions, 'signal' | 'isAllowed'>;
  readonly events: StandaloneEvents;
}

export interface StandaloneEvents {
  /** It listens; a model may not be there yet. */
  onServing?(serving: Serving): void;
  onActive?(newest: VersionRecord | null): void;
  onVersion?(record: VersionRecord): void;
  /** Every row of the file is in the log. */
  onProduced?(summary: ProducerSummary): void;
  /** Every row of the file is in a version, or rejected; `served` is the version that this process answers with by then. */
  onLearned?(newest: VersionRecord | null, served: number | null): void;
}

/**
 * All roles in one process, on whichever log and registry they are given: serving first, so that it answers at once,
 * then the trainer, and the producer only while this process's trainer holds the lease, so that of two processes on
 * one folder one streams. Goes on serving when the file is done; ends when the signal aborts or a role fails. A log or a
 * registry that is away is no failure: what needs it waits and tells so, and serving answers from memory.
 */
export async function runStandalone(parts: StandaloneParts, signal: AbortSignal): Promise<void> {
  const { events } = parts;
  const serving = await startServing(parts.serving);
  events.onServing?.(serving);
  let isActive = false;
  let newest: VersionRecord | null = null;
  const trainerEvents: TrainerContext['events'] = {
    ...parts.trainer.events,
    onStandby: () => {
      isActive = false;
      parts.trainer.events.onStandby?.();
    },
    onActive: (record, epoch) => {
      isActive = true;
      newest = record;
      parts.trainer.events.onActive?.(record, epoch);
      events.onActive?.(record);
    },
    onVersion: (record) => {
      newest = record;
      parts.trainer.events.onVersion?.(record);
      events.onVersion?.(record);
    },
  };
  const train = async (together: AbortSignal) => {
    // The trainer and the producer are a fifth of all code: loaded here, they hold up no first answer.
    const { runTrainer } = await import('../trainer/term/trainer');
    await runTrainer({ ...parts.trainer, events: trainerEvents }, together);
  };
  const produce = async (together: AbortSignal) => {
    const summary = await produceAll(parts, () => isActive, together);
    if (summary === null) return;
    events.onProduced?.(summary);
    const state = await finalRefit(parts.trainer, together);
    if (state === null) return;
    const served = await untilServed(serving.models, state, parts.trainer.clock, together);
    if (together.aborted) return;
    events.onLearned?.(newest, served);
    await untilAborted(together);
  };
  try {
    await runTogether([train, produce], signal);
  } finally {
    await serving.stop();
  }
}

const PRODUCE_PAUSE_MS = 1_000;

/**
 * Sends all rows; null when the signal aborted first. The producer gives up on a log that is away for a minute, so that
 * a person at a command is not kept waiting; here it begins again, since it finds in the log where it stopped.
 */
async function produceAll(
  { producer, trainer: { log, clock } }: StandaloneParts,
  isAllowed: () => boolean,
  signal: AbortSignal,
): Promise<ProducerSummary | null> {
  const { runProducer } = await import('../producer/producer');
  while (!signal.aborted) {
    try {
      const summary = await runProducer({ ...producer, signal, isAllowed });
      return summary.stopped ? null : summary;
    } catch (error) {
      if (!isAlderError(error) || !error.canRetry || !producer.resume) throw error;
      log.warn(error.code, `sending rows is interrupted and begins again where it stopped: ${error.message}`);
      await clock.sleep(PRODUCE_PAUSE_MS, signal);
    }
  }
  return null;
}

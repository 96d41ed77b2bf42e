import type { ModelRegistry, RegistryState } from '../shared/model-registry/model-registry';
import type { VersionRecord } from '../shared/model-registry/version-record';
import { runTogether } from '../shared/runtime/run-together';
import { untilAborted } from '../shared/runtime/until-aborted';
import { type ProducerOptions, type ProducerSummary, runProducer } from './producer/producer';
import { type Serving, type ServingOptions, startServing } from './serving/serving';
import { runTrainer } from './trainer/trainer';
import type { TrainerContext } from './trainer/trainer-context';

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
  /** Every row of the file is in a version, or rejected. */
  onLearned?(newest: VersionRecord | null, state: RegistryState): void;
}

/**
 * All roles in one process, on whichever log and registry they are given: serving first, so that it answers at once,
 * then the trainer, and the producer only while this process's trainer holds the lease, so that of two processes on
 * one folder one streams. Goes on serving when the file is done; ends when the signal aborts or a role fails.
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
  const train = (together: AbortSignal) => runTrainer({ ...parts.trainer, events: trainerEvents }, together);
  const produce = async (together: AbortSignal) => {
    const summary = await runProducer({ ...parts.producer, signal: together, isAllowed: () => isActive });
    if (summary.stopped) return;
    events.onProduced?.(summary);
    const state = await refit(parts.trainer.registry, together);
    if (state === null) return;
    events.onLearned?.(newest, state);
    await untilAborted(together);
  };
  try {
    await runTogether([train, produce], signal);
  } finally {
    await serving.stop();
  }
}

const ANSWER_POLL_MS = 1_000;

/**
 * Asks for a refit on all that the log holds now, and waits for the answer as long as it takes; null when the signal
 * aborted first.
 */
async function refit(registry: ModelRegistry, signal: AbortSignal): Promise<RegistryState | null> {
  const ticket = await registry.askForRefit();
  for await (const state of registry.watch({ pollMs: ANSWER_POLL_MS }, signal)) {
    if ((state.answered?.upTo ?? 0) >= ticket) return state;
  }
  return null;
}

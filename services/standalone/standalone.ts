import { isAlderError } from '../../shared/errors';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import { runTogether, untilAborted } from '../../shared/runtime/tasks';
import type { ProducerOptions, ProducerSummary } from '../producer/producer';
import { type Serving, type ServingOptions, startServing } from '../serving/server/serving';
import type { TrainerContext } from '../trainer/term/trainer-context';
import { finalRefit, untilServed } from './last-rows';

interface StandaloneParts {
  readonly trainer: TrainerContext;
  readonly serving: ServingOptions;
  readonly producer: Omit<ProducerOptions, 'signal' | 'isAllowed'>;
  readonly events: StandaloneEvents;
}

export interface StandaloneEvents {
  /** Serving listens; there may be no model yet. */
  onServing?(serving: Serving): void;
  /** Every row of the file is in the log. */
  onProduced?(summary: ProducerSummary): void;
  /** Every row of the file is in a version or rejected; `served` is the version that this process answers with then. */
  onLearned?(newest: VersionRecord | null, served: number | null): void;
}

/**
 * Runs all roles in one process, on any log and registry. Serving starts first, so it answers at once; then the trainer.
 * The producer sends only while this process's trainer holds the lease, so of two processes on one data folder one sends.
 * Serving goes on after the end of the file. The call ends when the signal aborts or a role fails. A log or a registry
 * that is away is no failure: the roles wait and report it, and serving answers from memory.
 */
export async function runStandalone(parts: StandaloneParts, signal: AbortSignal): Promise<void> {
  const { events, trainer } = parts;
  const serving = await startServing(parts.serving);
  events.onServing?.(serving);
  let isActive = false;
  let newest: VersionRecord | null = null;
  trainer.events.on('standby', () => {
    isActive = false;
  });
  trainer.events.on('active', (record) => {
    isActive = true;
    newest = record;
  });
  trainer.events.on('version', (record) => {
    newest = record;
  });
  const train = async (together: AbortSignal) => {
    // The trainer and the producer are a fifth of all code, so they are loaded after serving has started.
    const { runTrainer } = await import('../trainer/term/trainer');
    await runTrainer(trainer, together);
  };
  const produce = async (together: AbortSignal) => {
    const summary = await produceAll(parts, () => isActive, together);
    if (summary === null) return;
    events.onProduced?.(summary);
    const state = await finalRefit(trainer, together);
    if (state === null) return;
    const served = await untilServed(serving.models, state, trainer.clock, together);
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
 * Sends all rows; null when the signal aborted first. A producer gives up on a log that is away for a minute, so that a
 * person at a command does not wait for ever. Here it starts again, since it resumes behind the last row in the log.
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
      const message = `sending rows is interrupted and begins again where it stopped: ${error.message}`;
      log.warn(error.code, message, error.fields);
      await clock.sleep(PRODUCE_PAUSE_MS, signal);
    }
  }
  return null;
}

import { isAlderError } from '../../shared/errors';
import { DEFAULT_READ_BOUNDS } from '../../shared/row-log/row-log';
import { runTogether } from '../../shared/runtime/run-together';
import { Wakeup } from '../../shared/runtime/wakeup';
import { watchPaused } from './breaker/watch-paused';
import { cutLoop } from './cut-loop';
import { watchLog } from './guard/watch-log';
import { Intake } from './intake/intake';
import { LeaseKeeper } from './lease-keeper';
import { LiveVersions } from './live-versions';
import { OffsetMirrorer } from './offset-mirrorer';
import { resume } from './resume';
import type { TrainerContext } from './trainer-context';

const RETRY_PAUSE_MS = 500;
const STATE_POLL_MS = 1_000;
/** Rows that may wait for a cut: enough to keep the fit busy, few enough to fit into memory. */
const PENDING_BATCHES = 10;
/** The first cut waits for every partition, so more may wait for it: 8 MB of feature values. */
const FIRST_PENDING_VALUES = 1_000_000;

/**
 * Trains until the signal aborts: stands by for the lease, resumes from the newest record, then reads, cuts, fits and
 * publishes while it holds the lease. Throws what no retry can help, `log-replaced` and its like.
 */
export async function runTrainer(context: TrainerContext, signal: AbortSignal): Promise<void> {
  const { registry, settings, trainerId, clock, log, events } = context;
  const lease = new LeaseKeeper({ registry, holder: trainerId, leaseMs: settings.leaseMs, clock, log });
  const mirrorer = new OffsetMirrorer(context.mirror, registry.registryId, clock, log);
  try {
    while (!signal.aborted) {
      events.onStandby?.();
      if (!(await lease.acquire(signal))) break;
      try {
        await runTogether(
          [
            async (term) => {
              if (!(await lease.keep(term)))
                log.warn('fenced', 'the lease went to another trainer; standing by');
            },
            (term) => train(context, lease, mirrorer, term),
          ],
          signal,
        );
      } catch (error) {
        if (!isAlderError(error) || !error.canRetry) throw error;
        log.warn(
          error.code,
          `training is interrupted, starting again from the newest record: ${error.message}`,
        );
        await clock.sleep(RETRY_PAUSE_MS, signal);
      }
    }
  } finally {
    await lease
      .release()
      .catch((error) => log.warn('lease-kept', `the lease was not given up: ${String(error)}`));
  }
}

/** One term as the active trainer. */
async function train(
  context: TrainerContext,
  lease: LeaseKeeper,
  mirrorer: OffsetMirrorer,
  signal: AbortSignal,
): Promise<void> {
  const { rowLog, registry, schema, settings, clock, events } = context;
  const resumed = await resume(context, signal, mirrorer.newest);
  if (signal.aborted) return;
  if (resumed.newest !== null) mirrorer.offer(resumed.newest.record);
  events.onActive?.(resumed.newest?.record ?? null, lease.lease?.epoch ?? 0);
  const live = new LiveVersions(registry, resumed.newest, await registry.loadState());
  const intake = new Intake(context, resumed.intakes, () => lease.isSurelyHeld());
  intake.tellPausedAtStart();
  const wakeup = new Wakeup();
  const roomMade = new Wakeup();
  const firstPendingRows = Math.floor(FIRST_PENDING_VALUES / schema.features.length);
  const pendingRowsMax = () => {
    const pendingRows = settings.batchRowsMax * PENDING_BATCHES;
    return live.newest === null ? Math.max(pendingRows, firstPendingRows) : pendingRows;
  };

  const read = async (term: AbortSignal) => {
    while (!term.aborted) {
      const { turns } = intake;
      for await (const round of rowLog.read(intake.position(), DEFAULT_READ_BOUNDS, term)) {
        if (!(await intake.take(round, term))) return;
        events.onPending?.(intake.pendingRows);
        wakeup.call();
        while (intake.isFull(pendingRowsMax()) && !term.aborted) await roomMade.wait(1_000, clock, term);
        if (intake.turns !== turns) break;
      }
    }
  };
  const follow = async (term: AbortSignal) => {
    for await (const state of registry.watch({ pollMs: STATE_POLL_MS }, term)) {
      live.observe(state);
      wakeup.call();
    }
  };
  const cut = (term: AbortSignal) =>
    cutLoop(
      { context, lease, live, intake, mirrorer, wakeup, roomMade, initialEnds: resumed.ends, pendingRowsMax },
      term,
    );
  await runTogether(
    [
      read,
      follow,
      cut,
      (term) => watchLog(context, live, term),
      (term) => watchPaused(context, intake, term),
      (term) => mirrorer.keepUp(term),
    ],
    signal,
  );
}

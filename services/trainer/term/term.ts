import { isAlderError } from '../../../shared/errors';
import { CallsUntilStop } from '../../../shared/row-log/calls-until-stop';
import { DEFAULT_READ_BOUNDS, rejectedTopic } from '../../../shared/row-log/row-log';
import { Signal } from '../../../shared/runtime/signal';
import { runTogether, untilAborted } from '../../../shared/runtime/tasks';
import { watchPaused } from '../guard/breaker/watch-paused';
import { watchLog } from '../guard/watch-log';
import type { LeaseKeeper } from '../lease/lease-keeper';
import { Intake } from '../read/intake';
import { resume } from '../resume/resume';
import { LiveVersions } from '../versions/live-versions';
import type { OffsetMirrorer } from '../versions/offset-mirrorer';
import { cutLoop } from './cut-loop';
import type { TrainerContext } from './trainer-context';

const STATE_POLL_MS = 1_000;
/** Rows that may wait for a cut: enough to keep the fit busy, few enough to fit into memory. */
const PENDING_BATCHES = 10;
/** The first cut waits for every partition, so more may wait for it: 8 MB of feature values. */
const FIRST_PENDING_VALUES = 1_000_000;

/**
 * One term as the active trainer. A term that ends, because of a stop or because one of its tasks failed, does not wait
 * for a log that hangs: its calls to the log are given up, and the next term finds in the record where to go on.
 */
export async function trainTerm(
  context: TrainerContext,
  lease: LeaseKeeper,
  mirrorer: OffsetMirrorer,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log, rowLog } = context;
  const over = new AbortController();
  const endTerm = () => over.abort();
  if (signal.aborted) endTerm();
  signal.addEventListener('abort', endTerm, { once: true });
  const calls = new CallsUntilStop(over.signal, clock);
  try {
    await train({ ...context, rowLog: calls.log(rowLog) }, lease, mirrorer, signal, endTerm);
  } finally {
    if (calls.hasUnansweredRejected) {
      log.warn(
        'rejected-unanswered',
        `rejected rows went to ${rejectedTopic(rowLog.identity.topic)} and were not acknowledged: whether it holds them ` +
          'is not known, and the next trainer keeps them again under the same coordinates',
      );
    }
    calls.end();
    signal.removeEventListener('abort', endTerm);
  }
}

/** `onEnding` is called as soon as one of the tasks has ended, while the others still do. */
async function train(
  context: TrainerContext,
  lease: LeaseKeeper,
  mirrorer: OffsetMirrorer,
  signal: AbortSignal,
  onEnding: () => void,
): Promise<void> {
  const { rowLog, registry, schema, settings, clock, events } = context;
  const resumed = await resume(context, signal, mirrorer.newest);
  if (signal.aborted) return;
  if (resumed.newest !== null) mirrorer.offer(resumed.newest.record);
  events.onActive?.(resumed.newest?.record ?? null, lease.lease?.epoch ?? 0);
  const live = new LiveVersions(registry, resumed.newest, await registry.loadState());
  const intake = new Intake(context, resumed.intakes, () => lease.isSurelyHeld());
  events.onIntake?.(intake);
  intake.tellPausedAtStart();
  const wakeup = new Signal();
  const roomMade = new Signal();
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
        wakeup.notify();
        while (intake.isFull(pendingRowsMax()) && !term.aborted) await roomMade.wait(1_000, clock, term);
        if (intake.turns !== turns) break;
      }
    }
  };
  const follow = async (term: AbortSignal) => {
    for await (const state of registry.watch({ pollMs: STATE_POLL_MS }, term)) {
      live.observe(state);
      wakeup.notify();
    }
  };
  const cut = (term: AbortSignal) =>
    cutLoop(
      { context, lease, live, intake, mirrorer, wakeup, roomMade, initialEnds: resumed.ends, pendingRowsMax },
      term,
    );
  // One that slept past its lease finds gone what its successor has read: then it is no loss, and no end.
  const unlessSucceeded = (task: (term: AbortSignal) => Promise<void>) => async (term: AbortSignal) => {
    try {
      await task(term);
    } catch (error) {
      if (!isAlderError(error, 'log-range-gone') || (await lease.isSurelyHeld())) throw error;
      context.log.warn(
        'fenced',
        `the lease went to another trainer, and so did what is gone: ${error.message}`,
      );
    }
  };
  await runTogether(
    [
      unlessSucceeded(read),
      follow,
      cut,
      (term) => watchLog(context, live, term),
      unlessSucceeded((term) => watchPaused(context, intake, term)),
      (term) => mirrorer.keepUp(term),
      (term) => untilAborted(term).then(onEnding),
    ],
    signal,
  );
}

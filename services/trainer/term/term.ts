import { engineLabel } from '../../../shared/engine/engines';
import { isAlderError } from '../../../shared/errors';
import { schemaDigest } from '../../../shared/row/schema';
import { DEFAULT_READ_BOUNDS } from '../../../shared/row-log/bounds';
import { CallsUntilStop } from '../../../shared/row-log/calls-until-stop';
import { rejectedTopic } from '../../../shared/row-log/rejected-messages';
import { Signal } from '../../../shared/runtime/signal';
import { runTogether, untilAborted } from '../../../shared/runtime/tasks';
import { watchLog } from '../guard/check-log';
import { watchPaused } from '../guard/paused-partitions';
import type { LeaseKeeper } from '../lease/lease-keeper';
import { Intake } from '../read/intake';
import { fitCut } from '../refit/refit';
import type { Reporter } from '../report/reporter';
import { resume } from '../resume/resume';
import { recordSettings } from '../versions/compose-record';
import { LiveVersions } from '../versions/live-versions';
import type { OffsetMirrorer } from '../versions/offset-mirrorer';
import { VersionMaker } from '../versions/publish-version';
import { VersionRetention } from '../versions/version-retention';
import { cutLoop } from './cut-loop';
import type { TrainerContext } from './trainer-context';

const STATE_POLL_MS = 1_000;
/** Batches that may wait for a cut: enough to keep the fit busy, few enough to fit into memory. */
const PENDING_BATCHES = 10;
/** The first cut waits for every partition, so more rows may wait for it: 8 MB of feature values. */
const FIRST_PENDING_VALUES = 1_000_000;

/** The parts of a trainer that outlive a term. */
interface TermParts {
  readonly lease: LeaseKeeper;
  readonly mirrorer: OffsetMirrorer;
  readonly reporter: Reporter;
}

/**
 * One term as the active trainer. A term ends at a stop or when one of its tasks fails, and it does not wait for a log
 * that hangs: its calls to the log are given up, and the next term resumes from the newest record.
 */
export async function trainTerm(
  context: TrainerContext,
  parts: TermParts,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log, rowLog } = context;
  const over = new AbortController();
  const endTerm = () => over.abort();
  if (signal.aborted) endTerm();
  signal.addEventListener('abort', endTerm, { once: true });
  const calls = new CallsUntilStop(over.signal, clock);
  try {
    await train({ ...context, rowLog: calls.log(rowLog) }, parts, signal, endTerm);
  } finally {
    if (calls.hasUnansweredRejected) {
      log.warn(
        'rejected-unanswered',
        `rejected rows went to ${rejectedTopic(rowLog.identity.topic)} and were not acknowledged; ` +
          'the next trainer appends them again with the same coordinates',
      );
    }
    calls.end();
    signal.removeEventListener('abort', endTerm);
  }
}

/** `onEnding` is called as soon as one of the tasks has ended, while the others still end. */
async function train(
  context: TrainerContext,
  { lease, mirrorer, reporter }: TermParts,
  signal: AbortSignal,
  onEnding: () => void,
): Promise<void> {
  const { rowLog, registry, schema, settings, clock, log, events } = context;
  const { trainerId, codeVersion } = context;
  const resumed = await resume(context, signal, mirrorer.newest);
  if (signal.aborted) return;
  if (resumed.newest !== null) mirrorer.offer(resumed.newest.record);
  events.emit('active', resumed.newest?.record ?? null, lease.lease?.epoch ?? 0);
  const live = new LiveVersions(registry, resumed.newest, await registry.loadState());
  const intake = new Intake(context, resumed.intakes, () => lease.confirm());
  reporter.begin(intake);
  intake.reportPaused();
  /** Rows arrived, the registry changed, or a refit was requested. */
  const arrivals = new Signal();
  /** A cut took pending rows. */
  const drained = new Signal();
  const firstPendingRows = Math.floor(FIRST_PENDING_VALUES / schema.features.length);
  const pendingRowsMax = () => {
    const pendingRows = settings.batchRowsMax * PENDING_BATCHES;
    return live.newest === null ? Math.max(pendingRows, firstPendingRows) : pendingRows;
  };
  const maker = new VersionMaker(
    { registry, lease, live, retention: new VersionRetention(registry, settings), clock, log },
    {
      trainerId,
      codeVersion,
      constants: {
        model: registry.model,
        log: rowLog.identity,
        schemaDigest: schemaDigest(schema),
        settings: recordSettings(settings, engineLabel(context.engine), settings.promotion),
      },
    },
    (cut, parent) => fitCut(context, cut, parent),
    (record) => {
      mirrorer.offer(record);
      events.emit('version', record);
    },
  );

  const read = async (term: AbortSignal) => {
    while (!term.aborted) {
      const { readGeneration } = intake;
      for await (const round of rowLog.read(intake.position(), DEFAULT_READ_BOUNDS, term)) {
        if (!(await intake.take(round, term))) return;
        events.emit('pending', intake.pendingRows);
        arrivals.notify();
        while (intake.isFull(pendingRowsMax()) && !term.aborted) await drained.wait(1_000, clock, term);
        if (intake.readGeneration !== readGeneration) break;
      }
    }
  };
  const followRegistry = async (term: AbortSignal) => {
    for await (const state of registry.watch({ pollMs: STATE_POLL_MS }, term)) {
      live.observe(state);
      arrivals.notify();
    }
  };
  // A trainer that overslept its lease may find its offsets deleted. Its successor has read them, so no row is lost.
  const ignoreIfSuperseded = (task: (term: AbortSignal) => Promise<void>) => async (term: AbortSignal) => {
    try {
      await task(term);
    } catch (error) {
      if (!isAlderError(error, 'log-range-gone') || (await lease.confirm())) throw error;
      const message = `the lease went to another trainer, which has read the missing rows: ${error.message}`;
      log.warn('fenced', message, error.fields);
    }
  };
  await runTogether(
    [
      ignoreIfSuperseded(read),
      followRegistry,
      (term) =>
        cutLoop(
          context,
          { lease, live, intake, maker, arrivals, drained, initialEnds: resumed.ends, pendingRowsMax },
          term,
        ),
      (term) => watchLog(context, live, term),
      ignoreIfSuperseded((term) => watchPaused(context, intake, term)),
      (term) => mirrorer.keepUp(term),
      (term) => untilAborted(term).then(onEnding),
    ],
    signal,
  );
}

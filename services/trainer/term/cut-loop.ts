import type { Lease, RefitOutcome } from '../../../shared/model-registry/model-registry';
import type { PartitionBounds } from '../../../shared/row-log/row-log';
import { type OutageNotice, outageWarning } from '../../../shared/runtime/outage-notice';
import type { Signal } from '../../../shared/runtime/signal';
import { isLogAway } from '../guard/check-log';
import type { Intake } from '../read/intake';
import { type Cut, planCut, sealPending, windowSpans } from '../refit/cut';
import type { LiveVersions } from '../versions/live-versions';
import type { VersionMaker } from '../versions/publish-version';
import { countFitted } from '../window/gather-rows';
import type { TrainerContext } from './trainer-context';

const IDLE_MS = 1_000;

interface CutLoopParts {
  readonly lease: { readonly lease: Lease | null };
  readonly live: LiveVersions;
  readonly intake: Intake;
  readonly maker: VersionMaker;
  /** Notified when rows arrived or the registry changed. */
  readonly arrivals: Signal;
  /** Notified by this loop when reading may go on. */
  readonly drained: Signal;
  /** Ends of the partitions when the term began. */
  readonly initialEnds: readonly PartitionBounds[];
  /** Pending rows at which reading pauses now. */
  readonly pendingRowsMax: () => number;
}

/** The newest ticket of the refit requests, and the ends of the log when it was read. */
interface RefitRequest {
  readonly ticket: number;
  readonly ends: readonly PartitionBounds[];
}

/**
 * Cuts pending rows into mini-batches and makes a version of each: when `batchRows` rows wait, when one has waited for
 * `batchWaitMs`, or when a refit is requested. Ends when another trainer took over or the signal aborted.
 */
export async function cutLoop(
  context: TrainerContext,
  parts: CutLoopParts,
  signal: AbortSignal,
): Promise<void> {
  try {
    await cutUntilLost(context, parts, signal);
  } finally {
    await parts.maker.settled();
  }
}

async function cutUntilLost(
  context: TrainerContext,
  parts: CutLoopParts,
  signal: AbortSignal,
): Promise<void> {
  const { settings, clock, log, events } = context;
  const { live, intake, maker, arrivals, drained } = parts;
  const outage = outageWarning('a refit request waits for the log', log, { clock });
  let request: RefitRequest | null = null;
  let answeredUpTo = live.state.answered?.upTo ?? 0;
  let waitingSinceMs: number | null = null;

  while (!signal.aborted) {
    if (request === null && live.state.requested > answeredUpTo) {
      request = await readRequest(context, live.state.requested, outage);
    }
    const isRequestReached = request !== null && intake.hasReached(request.ends);
    const pendingRows = intake.pendingRows;
    const nowMs = clock.monotonicMs();
    if (pendingRows === 0) waitingSinceMs = null;
    else waitingSinceMs ??= nowMs;

    if (isRequestReached && request !== null && pendingRows === intake.unfittableRows) {
      if (!(await maker.settled())) return;
      if (!(await answerWithoutVersion(context, parts, request.ticket, pendingRows))) return;
      answeredUpTo = request.ticket;
      request = null;
      continue;
    }
    const waitedMs = waitingSinceMs === null ? 0 : nowMs - waitingSinceMs;
    const isDue =
      pendingRows > intake.unfittableRows &&
      (pendingRows >= settings.batchRows || waitedMs >= settings.batchWaitMs || isRequestReached) &&
      mayCut(parts);
    if (!isDue && maker.isPublishing) {
      if (!(await maker.settled())) return;
      continue;
    }
    if (!isDue) {
      // Rows that have waited for `batchWaitMs` and are still not due wait for other rows, whose arrival is notified.
      const isWaiting = waitingSinceMs !== null && waitedMs < settings.batchWaitMs;
      const untilDueMs = isWaiting ? settings.batchWaitMs - waitedMs : IDLE_MS;
      await arrivals.wait(Math.min(IDLE_MS, untilDueMs), clock, signal);
      continue;
    }
    const cut = planFittableCut(settings, intake, maker.versionCount);
    if (cut === null) {
      intake.unfittableRows = pendingRows;
      drained.notify();
      continue;
    }
    intake.unfittableRows = 0;
    const answer =
      request !== null && covers(cut, request) ? { upTo: request.ticket, outcome: 'created' as const } : null;
    if (!(await maker.make(cut, answer, signal))) return;
    intake.pendingRows -= cut.accepted;
    events.emit('pending', intake.pendingRows);
    drained.notify();
    waitingSinceMs = null;
    if (answer !== null) {
      answeredUpTo = answer.upTo;
      request = null;
    }
  }
}

/**
 * True when a cut is allowed. The first version needs every partition to be read to its initial end, as far as the
 * breakers and the limit on pending rows let it.
 */
function mayCut({ live, intake, initialEnds, pendingRowsMax }: CutLoopParts): boolean {
  return (
    live.newest !== null ||
    intake.pendingRows >= pendingRowsMax() ||
    intake.hasReachedUnlessPaused(initialEnds)
  );
}

/** True when the cut reaches the requested ends; rows behind them are in no request. */
function covers(cut: Cut, { ends }: RefitRequest): boolean {
  const next = new Map(cut.partitions.map(({ intake, progress }) => [intake.partition, progress.next]));
  return ends.every(({ partition, end }) => (next.get(partition) ?? 0) >= end);
}

/** A cut whose window has a row to fit on, larger than `batchRowsMax` only if it must be; null when there is none. */
function planFittableCut(
  { batchRowsMax, windowRows }: TrainerContext['settings'],
  { partitions, pendingRows }: Intake,
  versionCount: number,
): Cut | null {
  sealPending(partitions);
  for (let rowsMax = batchRowsMax; ; rowsMax += batchRowsMax) {
    const cut = planCut(partitions, rowsMax, windowRows, versionCount);
    if (countFitted(windowSpans(cut)) > 0) return cut;
    if (cut.accepted >= pendingRows) return null;
  }
}

/** Null while the log is away. */
async function readRequest(
  { rowLog }: TrainerContext,
  ticket: number,
  outage: OutageNotice,
): Promise<RefitRequest | null> {
  try {
    const ends = await rowLog.bounds();
    outage.recovered();
    return { ticket, ends };
  } catch (error) {
    if (!isLogAway(error)) throw error;
    outage.failed(error);
    return null;
  }
}

/** Answers a request that makes no version; false when the lease is lost. */
async function answerWithoutVersion(
  { registry }: TrainerContext,
  { lease, live }: CutLoopParts,
  ticket: number,
  pendingRows: number,
): Promise<boolean> {
  const version = live.newest?.record.version ?? null;
  const withoutNewRow: RefitOutcome = version === null ? 'no-rows' : 'unchanged';
  const outcome = pendingRows > 0 ? 'no-fitted-row' : withoutNewRow;
  const current = lease.lease;
  return current !== null && registry.answerRefit(current, { upTo: ticket, version, outcome });
}

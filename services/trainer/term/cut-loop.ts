import { isAlderError } from '../../../shared/errors';
import type { RefitOutcome } from '../../../shared/model-registry/model-registry';
import type { PartitionBounds } from '../../../shared/row-log/row-log';
import type { Signal } from '../../../shared/runtime/signal';
import type { LeaseKeeper } from '../lease/lease-keeper';
import { type Cut, planCut, windowSpans } from '../read/cut';
import type { Intake } from '../read/intake';
import type { LiveVersions } from '../versions/live-versions';
import type { OffsetMirrorer } from '../versions/offset-mirrorer';
import { VersionMaker } from '../versions/version-maker';
import { countFitted } from '../window/gather-rows';
import type { TrainerContext } from './trainer-context';

/** "Be trained on all that the log holds now": the newest ticket, and where the log ended when it was read. */
interface Ask {
  readonly ticket: number;
  readonly ends: readonly PartitionBounds[];
}

const IDLE_MS = 1_000;

export interface CutLoopParts {
  readonly context: TrainerContext;
  readonly lease: LeaseKeeper;
  readonly live: LiveVersions;
  readonly intake: Intake;
  readonly mirrorer: OffsetMirrorer;
  /** Called when rows arrived, a request came, or room was made. */
  readonly wakeup: Signal;
  readonly roomMade: Signal;
  /** Where the partitions ended when the trainer began. */
  readonly initialEnds: readonly PartitionBounds[];
  /** Pending rows at which reading pauses, at this moment. */
  readonly pendingRowsMax: () => number;
}

/**
 * Cuts what was read into mini-batches and makes a version of each: when `batchRows` new rows have come, when
 * `batchWaitMs` passed with at least one, or when somebody asked. Ends when another trainer took over.
 */
export async function cutLoop(parts: CutLoopParts, signal: AbortSignal): Promise<void> {
  const maker = new VersionMaker(parts.context, parts.lease, parts.live, parts.mirrorer);
  try {
    await cutUntilLost(parts, maker, signal);
  } finally {
    await maker.published();
  }
}

async function cutUntilLost(parts: CutLoopParts, maker: VersionMaker, signal: AbortSignal): Promise<void> {
  const { context, live, intake, wakeup, roomMade } = parts;
  const { settings, clock } = context;
  let ask: Ask | null = null;
  let answeredUpTo = live.state.answered?.upTo ?? 0;
  let waitingSinceMs: number | null = null;

  while (!signal.aborted) {
    if (ask === null && live.state.requested > answeredUpTo) ask = await readAsk(parts);
    const isAskReached = ask !== null && intake.hasReached(ask.ends);
    const pendingRows = intake.pendingRows;
    const nowMs = clock.monotonicMs();
    if (pendingRows === 0) waitingSinceMs = null;
    else waitingSinceMs ??= nowMs;

    if (isAskReached && ask !== null && pendingRows === intake.unfittableRows) {
      if (!(await maker.published())) return;
      if (!(await answerAlone(parts, ask.ticket, pendingRows))) return;
      answeredUpTo = ask.ticket;
      ask = null;
      continue;
    }
    const waitedMs = waitingSinceMs === null ? 0 : nowMs - waitingSinceMs;
    const isDue =
      pendingRows > intake.unfittableRows &&
      (pendingRows >= settings.batchRows || waitedMs >= settings.batchWaitMs || isAskReached) &&
      mayCut(parts);
    if (!isDue && maker.isPublishing) {
      if (!(await maker.published())) return;
      continue;
    }
    if (!isDue) {
      // Rows that waited long enough and are still not due wait for other rows, which come with a call.
      const isWaiting = waitingSinceMs !== null && waitedMs < settings.batchWaitMs;
      const untilDueMs = isWaiting ? settings.batchWaitMs - waitedMs : IDLE_MS;
      await wakeup.wait(Math.min(IDLE_MS, untilDueMs), clock, signal);
      continue;
    }
    const cut = planFittableCut(parts, maker.versionCount);
    if (cut === null) {
      intake.unfittableRows = pendingRows;
      roomMade.notify();
      continue;
    }
    intake.unfittableRows = 0;
    const answer =
      ask !== null && covers(cut, ask) ? { upTo: ask.ticket, outcome: 'created' as const } : null;
    if (!(await maker.make(cut, answer, signal))) return;
    intake.pendingRows -= cut.accepted;
    context.events.onPending?.(intake.pendingRows);
    roomMade.notify();
    waitingSinceMs = null;
    if (answer !== null) {
      answeredUpTo = answer.upTo;
      ask = null;
    }
  }
}

/** Without a version yet, every partition is read to its end first, or as far as its breaker or the bound on waiting rows allow. */
function mayCut({ live, intake, initialEnds, pendingRowsMax }: CutLoopParts): boolean {
  return (
    live.newest !== null ||
    intake.pendingRows >= pendingRowsMax() ||
    intake.hasReachedUnlessPaused(initialEnds)
  );
}

/** True when the cut reaches the ends that were asked for; rows that came after them answer nobody and hold up nobody. */
function covers(cut: Cut, { ends }: Ask): boolean {
  return ends.every(({ partition, end }) => (cut.partitions[partition]?.progress.next ?? 0) >= end);
}

/** A cut whose window has a row to fit on, larger than `batchRowsMax` only if it must be; null when there is none. */
function planFittableCut({ context, intake }: CutLoopParts, turn: number): Cut | null {
  const { batchRowsMax, windowRows } = context.settings;
  for (let rowsMax = batchRowsMax; ; rowsMax += batchRowsMax) {
    const cut = planCut(intake.partitions, rowsMax, windowRows, turn);
    if (countFitted(windowSpans(cut)) > 0) return cut;
    if (cut.accepted >= intake.pendingRows) return null;
  }
}

async function readAsk({ context, live }: CutLoopParts): Promise<Ask | null> {
  const ticket = live.state.requested;
  try {
    return { ticket, ends: await context.rowLog.bounds() };
  } catch (error) {
    // A topic that is missing may be about to come back; the reading judges that.
    if (!isAlderError(error) || !(error.canRetry || error.code === 'topic-missing')) throw error;
    context.log.warn(error.code, `a refit request waits for the log: ${error.message}`);
    return null;
  }
}

/** False when the lease is lost. */
async function answerAlone(
  { context, lease, live }: CutLoopParts,
  ticket: number,
  pendingRows: number,
): Promise<boolean> {
  const version = live.newest?.record.version ?? null;
  const withoutNewRow: RefitOutcome = version === null ? 'no-rows' : 'unchanged';
  const outcome = pendingRows > 0 ? 'no-fitted-row' : withoutNewRow;
  const held = lease.lease;
  return held !== null && context.registry.answerRefit(held, { upTo: ticket, version, outcome });
}

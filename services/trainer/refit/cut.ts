import type { LastMessage, PartitionIntake, PartitionProgress } from '../read/partition-intake';
import { valueSha256 } from '../read/read-block';
import type { RowSpan } from '../window/gather-rows';

/** One partition's part of a mini-batch: the runs that it takes, and the partition's progress once it is committed. */
interface CutPartition {
  readonly intake: PartitionIntake;
  /** How many of the oldest pending runs the cut takes. */
  readonly runs: number;
  readonly batchFrom: number;
  /** Rows [rowsFrom, rowsEnd) of the store are new in this mini-batch. */
  readonly rowsFrom: number;
  readonly rowsEnd: number;
  readonly windowRowsFrom: number;
  readonly progress: PartitionProgress;
}

/** A mini-batch and the window that ends with it. */
export interface Cut {
  /** In partition order. */
  readonly partitions: readonly CutPartition[];
  readonly accepted: number;
  readonly rejected: number;
  /** Newest timestamp of a message with accepted rows, −1 where there is none. */
  readonly newestRowMs: number;
}

/** The sum of no runs. */
const NOTHING = { messages: 0, accepted: 0, rejected: 0, last: null, newestRowMs: -1 };

/**
 * Closes the newest pending run of every partition, so that messages that are read during a fit begin new runs. To be
 * called before `planCut`.
 */
export function sealPending(intakes: readonly PartitionIntake[]): void {
  for (const { pending } of intakes) pending.seal();
}

/**
 * Plans the next cut and changes nothing; `commitCut` does. It takes pending runs, one of each partition in turn, until
 * the next run would bring more than `rowsMax` accepted rows. The first run is taken even if it alone has more. The
 * number of versions so far rotates the partition that begins, so no partition starves behind busy ones.
 */
export function planCut(
  intakes: readonly PartitionIntake[],
  rowsMax: number,
  windowRows: number,
  versionCount = 0,
): Cut {
  const runsTaken = takeRoundRobin(intakes, rowsMax, versionCount % intakes.length);
  const quota = Math.max(1, Math.floor(windowRows / intakes.length));
  let accepted = 0;
  let rejected = 0;
  let newestRowMs = -1;
  const partitions = intakes.map((intake): CutPartition => {
    const runs = runsTaken.get(intake)!;
    const { pending, progress, store, rowsCut } = intake;
    const taken = runs === 0 ? NOTHING : pending.sum(0, runs);
    accepted += taken.accepted;
    rejected += taken.rejected;
    newestRowMs = Math.max(newestRowMs, taken.newestRowMs);
    const rowsEnd = rowsCut + taken.accepted;
    const windowFrom = store.windowStart(progress.windowFrom, rowsEnd, quota);
    return {
      intake,
      runs,
      batchFrom: progress.next,
      rowsFrom: rowsCut,
      rowsEnd,
      windowRowsFrom: store.firstAt(windowFrom),
      progress: {
        start: progress.start,
        windowFrom,
        next: nextAfter(intake, runs, taken.last),
        messages: progress.messages + taken.messages,
        accepted: progress.accepted + taken.accepted,
        rejected: progress.rejected + taken.rejected,
        last: taken.last === null ? progress.last : describeLast(taken.last),
      },
    };
  });
  return { partitions, accepted, rejected, newestRowMs };
}

/** The window's rows in (partition, offset, line) order. */
export function windowSpans(cut: Cut): RowSpan[] {
  return cut.partitions.map((p) => ({ store: p.intake.store, from: p.windowRowsFrom, end: p.rowsEnd }));
}

/** The mini-batch's rows in (partition, offset, line) order. */
export function batchSpans(cut: Cut): RowSpan[] {
  return cut.partitions.map((p) => ({ store: p.intake.store, from: p.rowsFrom, end: p.rowsEnd }));
}

/** Moves the partitions' progress to the cut and drops rows that left the window. */
export function commitCut(cut: Cut): void {
  for (const { intake, runs, rowsEnd, progress } of cut.partitions) {
    intake.pending.drop(runs);
    intake.progress = progress;
    intake.rowsCut = rowsEnd - intake.store.dropBelow(progress.windowFrom);
  }
}

/** How many runs the cut takes of each partition; the partition at index `first` begins. */
function takeRoundRobin(
  intakes: readonly PartitionIntake[],
  rowsMax: number,
  first: number,
): ReadonlyMap<PartitionIntake, number> {
  const taken = new Map(intakes.map((intake) => [intake, 0]));
  const order = [...intakes.slice(first), ...intakes.slice(0, first)];
  let rows = 0;
  let tookOne = true;
  while (tookOne) {
    tookOne = false;
    for (const intake of order) {
      const { pending } = intake;
      const runs = taken.get(intake)!;
      if (runs === pending.runCount) continue;
      const accepted = pending.acceptedOf(runs);
      if (accepted > 0 && rows > 0 && rows + accepted > rowsMax) continue;
      rows += accepted;
      taken.set(intake, runs + 1);
      tookOne = true;
    }
  }
  return taken;
}

/** A cut that takes all runs also steps over the control records behind the last message. */
function nextAfter(intake: PartitionIntake, runs: number, last: LastMessage | null): number {
  if (runs === intake.pending.runCount) return intake.position;
  return last === null ? intake.progress.next : last.offset + 1;
}

function describeLast(last: LastMessage): PartitionProgress['last'] {
  return { offset: String(last.offset), sha256: valueSha256(last.value), timestampMs: last.timestampMs };
}

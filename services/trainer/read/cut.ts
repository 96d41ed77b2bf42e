import type { RowSpan } from '../window/gather-rows';
import type { PartitionIntake, PartitionProgress } from './partition-intake';
import { type LastMessage, valueSha256 } from './pending-messages';

/** One partition's part of a mini-batch: which runs it takes and what the partition will have come to. */
export interface CutPartition {
  readonly intake: PartitionIntake;
  readonly runs: number;
  readonly batchFrom: number;
  /** Rows [rowsFrom, rowsEnd) of the store are new in this mini-batch. */
  readonly rowsFrom: number;
  readonly rowsEnd: number;
  readonly windowRowsFrom: number;
  readonly progress: PartitionProgress;
}

/** A mini-batch and the window that ends with it. Planning one changes nothing; `commitCut` does. */
export interface Cut {
  readonly partitions: readonly CutPartition[];
  readonly accepted: number;
  readonly rejected: number;
  /** Newest timestamp of a message with accepted rows, −1 where there is none. */
  readonly newestRowMs: number;
}

/** What a partition gives that has no message to give. */
const NOTHING = { messages: 0, accepted: 0, rejected: 0, last: null, newestRowMs: -1 };

/**
 * Takes pending messages, a run of each partition in turn, until the next one would bring more than `rowsMax` accepted
 * rows (one message is taken even if it alone has more). `turn` says which partition begins: the number of versions so
 * far, so that none waits for ever behind busy ones.
 */
export function planCut(
  intakes: readonly PartitionIntake[],
  rowsMax: number,
  windowRows: number,
  turn = 0,
): Cut {
  const runsTaken = takeInTurn(intakes, rowsMax, turn % intakes.length);
  const quota = Math.max(1, Math.floor(windowRows / intakes.length));
  let accepted = 0;
  let rejected = 0;
  let newestRowMs = -1;
  const partitions = intakes.map((intake, p): CutPartition => {
    const runs = runsTaken[p]!;
    const { pending, progress, store, rowsCut } = intake;
    const taken = runs === 0 ? NOTHING : pending.sum(0, runs);
    pending.seal();
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

/** The mini-batch's rows in the same order. */
export function batchSpans(cut: Cut): RowSpan[] {
  return cut.partitions.map((p) => ({ store: p.intake.store, from: p.rowsFrom, end: p.rowsEnd }));
}

/** Makes the cut the newest version's progress and forgets what fell out of the window. */
export function commitCut(cut: Cut): void {
  for (const { intake, runs, rowsEnd, progress } of cut.partitions) {
    intake.pending.drop(runs);
    intake.progress = progress;
    intake.rowsCut = rowsEnd - intake.store.dropBelow(progress.windowFrom);
  }
}

function takeInTurn(intakes: readonly PartitionIntake[], rowsMax: number, first: number): number[] {
  const taken = intakes.map(() => 0);
  let rows = 0;
  let tookOne = true;
  while (tookOne) {
    tookOne = false;
    for (let i = 0; i < intakes.length; i++) {
      const p = (first + i) % intakes.length;
      const { pending } = intakes[p]!;
      if (taken[p]! === pending.runCount) continue;
      const accepted = pending.acceptedOf(taken[p]!);
      if (accepted > 0 && rows > 0 && rows + accepted > rowsMax) continue;
      rows += accepted;
      taken[p]!++;
      tookOne = true;
    }
  }
  return taken;
}

/** With everything taken the cut also steps over the control records behind the last message. */
function nextAfter(intake: PartitionIntake, runs: number, last: LastMessage | null): number {
  if (runs === intake.pending.runCount) return intake.position;
  return last === null ? intake.progress.next : last.offset + 1;
}

function describeLast(last: LastMessage): PartitionProgress['last'] {
  return { offset: String(last.offset), sha256: valueSha256(last.value), timestampMs: last.timestampMs };
}

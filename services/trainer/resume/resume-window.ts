import { isAlderError } from '../../../shared/errors';
import type { VersionRecord } from '../../../shared/model-registry/version-record';
import type { PartitionBounds } from '../../../shared/row-log/row-log';
import { recallBreaker } from '../guard/breaker/recall-breaker';
import { checkRetention } from '../guard/check-log';
import { logReplaced } from '../guard/log-faults';
import { PartitionIntake } from '../read/partition-intake';
import type { TrainerContext } from '../term/trainer-context';
import { rowsDigest } from '../window/rows-digest';
import { rebuildWindow } from './rebuild-window';
import { knownBounds } from './resume-bounds';

/**
 * Rebuilds the window from what the log holds, and gives the bounds that it was rebuilt within. Retention may come while
 * it is read: below `next` it takes only rows that the record has counted, so the window is read again from where the log
 * begins by then. Each new look finds the log's beginning higher, and above `next` it is a loss, so the looks come to an
 * end. Throws `log-range-gone` for a loss, and for a range that is not there although the log begins where it did.
 */
export async function rebuildIntakes(
  context: TrainerContext,
  record: VersionRecord,
  bounds: readonly PartitionBounds[],
  signal: AbortSignal,
): Promise<{ intakes: PartitionIntake[]; found: readonly PartitionBounds[] }> {
  for (let found = bounds; ; ) {
    checkRetention(record, found);
    try {
      return { intakes: await rebuild(context, record, found, signal), found };
    } catch (error) {
      if (!isAlderError(error, 'log-range-gone')) throw error;
      const before = found;
      found = await knownBounds(context, signal);
      if (!hasRetentionMoved(before, found)) throw error;
    }
  }
}

function hasRetentionMoved(before: readonly PartitionBounds[], now: readonly PartitionBounds[]): boolean {
  return now.some(({ earliest }, partition) => earliest > (before[partition]?.earliest ?? earliest));
}

async function rebuild(
  context: TrainerContext,
  record: VersionRecord,
  bounds: readonly PartitionBounds[],
  signal: AbortSignal,
): Promise<PartitionIntake[]> {
  const { rowLog, schema, log } = context;
  const from = record.lineage.map((p) => Math.max(Number(p.windowFrom), bounds[p.partition]!.earliest));
  const stores = await rebuildWindow(rowLog, schema, record, { from, signal });
  const isWhole = record.lineage.every((p, i) => from[i] === Number(p.windowFrom));
  if (!isWhole) {
    log.warn(
      'window-shortened',
      'retention took the head of the window; the next version is fitted on what is left',
    );
  } else if (!signal.aborted) {
    const found = rowsDigest(stores.map((store) => ({ store, from: 0, end: store.rows.rowCount })));
    if (found !== record.rows.digest) {
      throw logReplaced(
        `the window of version ${record.version} reads as ${found}, its record says ${record.rows.digest}`,
      );
    }
  }
  const intakes: PartitionIntake[] = [];
  for (const [i, lineage] of record.lineage.entries()) {
    const progress = {
      start: Number(lineage.start),
      windowFrom: from[i]!,
      next: Number(lineage.next),
      messages: lineage.messages,
      accepted: lineage.accepted,
      rejected: lineage.rejected,
      last: lineage.last,
    };
    const breaker = await recallBreaker(context, lineage, bounds[lineage.partition]!.earliest, signal);
    intakes.push(new PartitionIntake(stores[i]!, progress, breaker));
  }
  return intakes;
}

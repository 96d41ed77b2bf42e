import type { RowFault } from '../../../shared/errors';
import type { MessageReader } from '../../../shared/row/message-reader';
import { VALUE_BYTES_MAX } from '../../../shared/row/message-reader';
import type { MessageBlock, RejectedRow } from '../../../shared/row-log/row-log';
import type { PartitionRows } from '../window/partition-rows';
import type { ReadMessage } from './partition-intake';
import { valueSha256 } from './pending-messages';

/** What a block of messages turned into; its accepted rows are in the store already. */
export interface BlockRead {
  readonly messages: readonly ReadMessage[];
  readonly rejected: readonly RejectedRow[];
  /** True when an offset was stepped over: control records, deleted messages, or loss. */
  readonly hasGap: boolean;
  /** The next offset to read: the block's own, unless the reading paused before its end. */
  readonly next: number;
}

/** Is told of every message that was read, and the reasons of its bad rows; true: read no further. */
export type PausesAfter = (offset: number, accepted: number, reasons: readonly RowFault[]) => boolean;

const NO_REASONS: readonly RowFault[] = [];

/** How much of a value that is too large goes to the rejected topic; its sha256 stands for the rest. */
const TRUNCATED_BYTES = 65_536;

/**
 * Reads the messages at or above `position` into the store's rows, until `pausesAfter` says so. Those below it were
 * delivered before and are dropped, so nothing counts twice.
 */
export function readBlock(
  block: MessageBlock,
  position: number,
  reader: MessageReader,
  store: PartitionRows,
  holdoutShare: number,
  pausesAfter: PausesAfter = () => false,
): BlockRead {
  const messages: ReadMessage[] = [];
  const rejected: RejectedRow[] = [];
  let expected = position;
  let hasGap = false;
  for (let i = 0; i < block.offsets.length; i++) {
    const offset = block.offsets[i]!;
    if (offset < expected) continue;
    if (offset > expected) hasGap = true;
    const value = block.values[i]!;
    const rowsBefore = store.rows.rowCount;
    const rejectedBefore = rejected.length;
    reader.read(value, block.headers?.[i] ?? null, store.rows, (line, reason, bytes) => {
      const row = { partition: block.partition, offset, line, reason, attempt: 1 };
      rejected.push(
        reason === 'too-large' && bytes !== null ? { ...row, ...truncated(bytes) } : { ...row, bytes },
      );
    });
    store.label(offset, holdoutShare);
    const accepted = store.rows.rowCount - rowsBefore;
    const rejectedHere = rejected.length - rejectedBefore;
    messages.push({
      offset,
      value,
      timestampMs: block.timestampsMs[i]!,
      accepted,
      rejected: rejectedHere,
    });
    expected = offset + 1;
    const reasons =
      rejectedHere === 0 ? NO_REASONS : rejected.slice(rejectedBefore).map(({ reason }) => reason);
    if (pausesAfter(offset, accepted, reasons)) return { messages, rejected, hasGap, next: expected };
  }
  return { messages, rejected, hasGap: hasGap || block.next > expected, next: block.next };
}

function truncated(bytes: Uint8Array): Pick<RejectedRow, 'bytes' | 'wholeSha256' | 'wholeBytes'> {
  return {
    bytes: bytes.subarray(0, Math.min(TRUNCATED_BYTES, VALUE_BYTES_MAX)),
    wholeSha256: valueSha256(bytes),
    wholeBytes: bytes.length,
  };
}

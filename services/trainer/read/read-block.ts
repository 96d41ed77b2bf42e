import type { RowFault } from '../../../shared/errors';
import type { MessageReader, OnRejected } from '../../../shared/row/message-reader';
import { VALUE_BYTES_MAX } from '../../../shared/row/message-reader';
import { PackedValues } from '../../../shared/row-log/packed-values';
import { replayOf } from '../../../shared/row-log/rejected-messages';
import type { MessageBlock, MessageHeaders, RejectedRow } from '../../../shared/row-log/row-log';
import type { PartitionRows } from '../window/partition-rows';
import { valueSha256 } from './pending-messages';

/** What a block of messages turned into; its accepted rows are in the store already. */
export interface BlockRead {
  readonly block: MessageBlock;
  /** The block's values. */
  readonly values: PackedValues;
  /** The messages [first, end) of the block were read: those before were delivered before. */
  readonly first: number;
  readonly end: number;
  /** How many lines of message `first + i` are rows, and how many are not; shape [end − first]. */
  readonly acceptedRows: Uint32Array;
  readonly rejectedRows: Uint32Array;
  readonly accepted: number;
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
 * delivered before and are dropped, so nothing counts twice. Nothing is made for a message whose rows all pass.
 */
export function readBlock(
  block: MessageBlock,
  position: number,
  reader: MessageReader,
  store: PartitionRows,
  holdoutShare: number,
  pausesAfter: PausesAfter = () => false,
): BlockRead {
  const { partition, offsets, headers } = block;
  const values = block.packed ?? PackedValues.of(block.values);
  const { rows } = store;
  let first = 0;
  while (first < offsets.length && offsets[first]! < position) first++;
  const acceptedRows = new Uint32Array(offsets.length - first);
  const rejectedRows = new Uint32Array(offsets.length - first);
  const rejected: RejectedRow[] = [];
  const rowsAtStart = rows.rowCount;
  let offset = position;
  let headersOfMessage: MessageHeaders | null = null;
  const reject: OnRejected = (line, reason, bytes) => {
    const row = { partition, offset, line, reason, ...timesRefused(headersOfMessage) };
    rejected.push(
      reason === 'too-large' && bytes !== null ? { ...row, ...truncated(bytes) } : { ...row, bytes },
    );
  };
  let expected = position;
  let hasGap = false;
  let isPaused = false;
  let end = first;
  while (end < offsets.length && !isPaused) {
    offset = offsets[end]!;
    if (offset > expected) hasGap = true;
    expected = offset + 1;
    const rowsBefore = rows.rowCount;
    const rejectedBefore = rejected.length;
    const of = headers === null ? null : headers[end]!;
    headersOfMessage = of;
    if (values.isNull(end)) reject(0, 'null-value', null);
    else reader.readRange(values.pieceOf(end), values.fromOf(end), values.endOf(end), of, rows, reject);
    store.label(offset, holdoutShare);
    const accepted = rows.rowCount - rowsBefore;
    const rejectedHere = rejected.length - rejectedBefore;
    acceptedRows[end - first] = accepted;
    rejectedRows[end - first] = rejectedHere;
    end++;
    const reasons =
      rejectedHere === 0 ? NO_REASONS : rejected.slice(rejectedBefore).map(({ reason }) => reason);
    isPaused = pausesAfter(offset, accepted, reasons);
  }
  return {
    block,
    values,
    first,
    end,
    acceptedRows,
    rejectedRows,
    accepted: rows.rowCount - rowsAtStart,
    rejected,
    hasGap: hasGap || (!isPaused && block.next > expected),
    next: isPaused ? expected : block.next,
  };
}

/** A row that was sent again is refused once more than it was sent, and keeps the place where it was refused first. */
function timesRefused(headers: MessageHeaders | null): Pick<RejectedRow, 'attempt' | 'origin'> {
  const replay = headers === null ? null : replayOf(headers);
  return replay === null ? { attempt: 1 } : { attempt: replay.attempt + 1, origin: replay.origin };
}

function truncated(bytes: Uint8Array): Pick<RejectedRow, 'bytes' | 'wholeSha256' | 'wholeBytes'> {
  return {
    bytes: bytes.subarray(0, Math.min(TRUNCATED_BYTES, VALUE_BYTES_MAX)),
    wholeSha256: valueSha256(bytes),
    wholeBytes: bytes.length,
  };
}

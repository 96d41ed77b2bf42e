import { createHash } from 'node:crypto';
import type { RowFault } from '../../../shared/errors';
import type { VersionRecord } from '../../../shared/model-registry/version-record';
import { MessageReader, type OnRejected, VALUE_BYTES_MAX } from '../../../shared/row/message-reader';
import type { Schema } from '../../../shared/row/schema';
import { DEFAULT_READ_BOUNDS } from '../../../shared/row-log/bounds';
import { PackedValues } from '../../../shared/row-log/packed-values';
import { replayOf } from '../../../shared/row-log/rejected-messages';
import type { MessageBlock, MessageHeaders, RejectedRow, RowLog } from '../../../shared/row-log/row-log';
import { PartitionRows } from '../window/partition-rows';

/** The result of reading a block; its accepted rows are in the store already. */
export interface BlockRead {
  readonly block: MessageBlock;
  /** The block's values. */
  readonly values: PackedValues;
  /** The messages [first, end) of the block were read; the messages before `first` are redelivered ones. */
  readonly first: number;
  readonly end: number;
  /** Accepted and rejected lines of message `first + i`; shape [end − first]. */
  readonly acceptedRows: Uint32Array;
  readonly rejectedRows: Uint32Array;
  readonly accepted: number;
  readonly rejected: readonly RejectedRow[];
  /** True when an offset was stepped over: control records, deleted messages, or loss. */
  readonly hasGap: boolean;
  /** The next offset to read: the block's own, unless reading paused before the end of the block. */
  readonly next: number;
}

/** Called for every message that was read, with the reasons of its rejected rows; true ends the reading behind it. */
type PausesAfter = (offset: number, accepted: number, reasons: readonly RowFault[]) => boolean;

const NO_REASONS: readonly RowFault[] = [];

/** The part of a too large value that goes to the rejected topic; its sha256 stands for the rest. */
const TRUNCATED_BYTES = 65_536;

/**
 * Reads the messages at or above `position` into the store's rows, until `pausesAfter` gives true. Messages below
 * `position` are redelivered and dropped, so nothing counts twice. No object is made for a message without rejected rows.
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
    const row = { partition, offset, line, reason, ...attemptOf(headersOfMessage) };
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
    headersOfMessage = headers === null ? null : headers[end]!;
    if (values.isNull(end)) reject(0, 'null-value', null);
    else
      reader.readRange(
        values.pieceOf(end),
        values.fromOf(end),
        values.endOf(end),
        headersOfMessage,
        rows,
        reject,
      );
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

/** A replayed row has one attempt more than its headers say, and keeps the coordinates of its first rejection. */
function attemptOf(headers: MessageHeaders | null): Pick<RejectedRow, 'attempt' | 'origin'> {
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

/** Hex sha256 of a message's value; a null value hashes as no bytes. */
export function valueSha256(value: Uint8Array | null): string {
  return createHash('sha256')
    .update(value ?? new Uint8Array(0))
    .digest('hex');
}

/**
 * Reads a version's window again from the log: the accepted rows of [from, next) of each partition of the lineage, in its
 * order. Nothing is scored, and rejected rows are not appended again. `from` is the lineage's `windowFrom` unless given.
 */
export async function rebuildWindow(
  rowLog: RowLog,
  schema: Schema,
  record: VersionRecord,
  options: { readonly from?: readonly number[]; readonly signal?: AbortSignal } = {},
): Promise<PartitionRows[]> {
  const reader = new MessageReader(schema);
  const { holdoutShare } = record.settings;
  const stores: PartitionRows[] = [];
  for (const [i, lineage] of record.lineage.entries()) {
    const store = new PartitionRows(lineage.partition, schema.features.length);
    stores.push(store);
    let position = options.from?.[i] ?? Number(lineage.windowFrom);
    const range = { partition: lineage.partition, from: position, next: Number(lineage.next) };
    if (range.from >= range.next) continue;
    for await (const block of rowLog.readRange(range, DEFAULT_READ_BOUNDS, options.signal)) {
      readBlock(block, position, reader, store, holdoutShare);
      position = block.next;
    }
  }
  return stores;
}

import type { RowFault } from '../../shared/errors';
import type { RowLog } from '../../shared/row-log/row-log';
import { type RejectedEntry, RejectedLedger } from './rejected-ledger';

/** A rejected row as a list shows it. */
export interface ListedRow {
  readonly partition: number;
  readonly offset: number;
  readonly line: number;
  readonly reason: RowFault;
  /** The number of its rejections; 1 for a row that was never sent again. */
  readonly attempts: number;
  /** `partition/offset/line` of its first rejection. */
  readonly origin: string;
  /** RFC 3339; null where the log has no timestamp. */
  readonly at: string | null;
  /** Bytes of the stored copy; null for a null value. */
  readonly bytes: number | null;
  /** Bytes of the whole value where the copy is cut, else null. */
  readonly wholeBytes: number | null;
  readonly isTruncated: boolean;
  readonly isReplayed: boolean;
  /** The first bytes as text without control characters. */
  readonly preview: string;
}

export interface ReasonSum {
  readonly reason: RowFault;
  readonly rows: number;
  readonly replayed: number;
  readonly truncated: number;
}

export interface RejectedList {
  /** Newest first. */
  readonly rows: readonly ListedRow[];
  /** Over all rows of the wanted reason, listed or not; most rows first. */
  readonly sums: readonly ReasonSum[];
}

interface ListOptions {
  readonly log: RowLog;
  /** Null for every reason. */
  readonly reason: RowFault | null;
  readonly limit: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (messages: number) => void;
}

interface ReadRow {
  readonly entry: RejectedEntry;
  readonly bytes: number | null;
  readonly preview: string;
}

/** Reads the whole dead-letter topic, and counts each row once. Throws as `readRejected` does. */
export async function listRejected({ log, reason, limit, ...reading }: ListOptions): Promise<RejectedList> {
  const ledger = new RejectedLedger(log);
  const newest: ReadRow[] = [];
  await ledger.catchUp({
    ...reading,
    onEntry(entry, bytes) {
      if (reason !== null && entry.reason !== reason) return;
      newest.push({ entry, bytes: bytes?.length ?? null, preview: previewOf(bytes) });
      if (newest.length > limit) newest.shift();
    },
  });
  const rows = newest.reverse().map((row) => listedRow(row, ledger.wasReplayed(row.entry)));
  return { rows, sums: sumsOf(ledger, reason) };
}

function listedRow({ entry, bytes, preview }: ReadRow, isReplayed: boolean): ListedRow {
  const { row, origin, reason, attempt, rejectedAtMs, wholeBytes } = entry;
  return {
    ...row,
    reason,
    attempts: attempt,
    origin: `${origin.partition}/${origin.offset}/${origin.line}`,
    at: rejectedAtMs < 0 ? null : new Date(rejectedAtMs).toISOString(),
    bytes,
    wholeBytes,
    isTruncated: wholeBytes !== null,
    isReplayed,
    preview,
  };
}

function sumsOf(ledger: RejectedLedger, reason: RowFault | null): ReasonSum[] {
  const sums = new Map<RowFault, { rows: number; replayed: number; truncated: number }>();
  for (const entry of ledger.entries.values()) {
    if (reason !== null && entry.reason !== reason) continue;
    const sum = sums.get(entry.reason) ?? { rows: 0, replayed: 0, truncated: 0 };
    sum.rows++;
    if (ledger.wasReplayed(entry)) sum.replayed++;
    if (entry.wholeBytes !== null) sum.truncated++;
    sums.set(entry.reason, sum);
  }
  return [...sums].map(([name, sum]) => ({ reason: name, ...sum })).sort((a, b) => b.rows - a.rows);
}

/** A preview fits beside the coordinates of its row. */
const CHARACTERS_MAX = 60;
/** A character has at most four bytes. The one more is for a character that the cut divides; it is dropped. */
const BYTES_MAX = 4 * (CHARACTERS_MAX + 1);

/**
 * Control characters move a terminal's cursor or change its state, format characters reorder text, and private or
 * unassigned characters have no known look. None of them reaches a terminal.
 */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}\uFFFD]/gu;

/** The first bytes of a rejected row as one line of text, with `·` for each unsafe character. */
export function previewOf(bytes: Uint8Array | null): string {
  if (bytes === null) return '(null)';
  if (bytes.length === 0) return '(empty)';
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, BYTES_MAX));
  const characters = Array.from(text);
  const shown = characters.slice(0, CHARACTERS_MAX).join('').replace(UNSAFE, '·');
  return characters.length > CHARACTERS_MAX ? `${shown}…` : shown;
}

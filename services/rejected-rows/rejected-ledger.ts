import { ROW_FAULTS, type RowFault } from '../../shared/errors';
import { DEFAULT_READ_BOUNDS } from '../../shared/row-log/bounds';
import {
  attemptOf,
  coordinatesOf,
  coordinatesText,
  progressOf,
} from '../../shared/row-log/rejected-messages';
import type { MessageHeaders, ReplayProgress, RowCoordinates, RowLog } from '../../shared/row-log/row-log';

/** The facts of a rejected row from its first copy; its bytes stay in the log. */
export interface RejectedEntry {
  readonly row: RowCoordinates;
  /** Where it was rejected first; equal to `row` for a row that was never sent again. */
  readonly origin: RowCoordinates;
  readonly reason: RowFault;
  /** The number of its rejections, from 1. */
  readonly attempt: number;
  /** Bytes of the whole value where the copy is cut, else null. */
  readonly wholeBytes: number | null;
  /** Timestamp of the copy in milliseconds since 1970, −1 where the log has none. */
  readonly rejectedAtMs: number;
  /** Where the copy is in the dead-letter topic. */
  readonly copy: { readonly partition: number; readonly offset: number };
}

/** The newest replay; the rows that it sent are at or behind `from` in each partition. */
interface ReplayRun {
  readonly run: string;
  readonly from: ReadonlyMap<number, number>;
  readonly hasEnded: boolean;
}

interface LedgerReading {
  readonly signal?: AbortSignal;
  /** Called for each row when its first copy is read, with the bytes of the copy. */
  readonly onEntry?: (entry: RejectedEntry, bytes: Uint8Array | null) => void;
  /** Messages read so far by this ledger. */
  readonly onProgress?: (messages: number) => void;
}

/**
 * The rejected rows of the dead-letter topic, and which of them were sent again. A crash may leave two copies of a row;
 * the ledger holds each row once. It takes some 300 bytes a row and holds no values.
 */
export class RejectedLedger {
  readonly entries = new Map<string, RejectedEntry>();
  newestRun: ReplayRun | null = null;
  private readonly replayed = new Set<string>();
  private readonly position = new Map<number, number>();
  private messages = 0;

  constructor(private readonly log: RowLog) {}

  /** Reads on to the current end of the topic; an aborted signal ends the reading early. Throws as `readRejected` does. */
  async catchUp({ signal, onEntry, onProgress }: LedgerReading = {}): Promise<void> {
    for await (const block of this.log.readRejected(this.position, DEFAULT_READ_BOUNDS, signal)) {
      const { partition, offsets, values, timestampsMs, headers } = block;
      for (const [i, offset] of offsets.entries()) {
        const named = headers?.[i] ?? {};
        const mark = progressOf(named);
        if (mark !== null) this.note(mark);
        else {
          const at = { copy: { partition, offset }, rejectedAtMs: timestampsMs[i]! };
          const entry = this.firstCopy(named, at);
          if (entry !== null) onEntry?.(entry, values[i]!);
        }
      }
      this.position.set(partition, block.next);
      this.messages += offsets.length;
      onProgress?.(this.messages);
    }
  }

  wasReplayed({ row }: Pick<RejectedEntry, 'row'>): boolean {
    return this.replayed.has(coordinatesText(row));
  }

  /** The row of which this dead letter is the first copy; null for any other message. */
  entryOf(headers: MessageHeaders | null, partition: number, offset: number): RejectedEntry | null {
    const entry = headers === null ? undefined : this.entries.get(placeOf(headers));
    return entry?.copy.partition === partition && entry.copy.offset === offset ? entry : null;
  }

  /** True while the newest replay runs, and after a replay that died before it noted its end. */
  get isRunOpen(): boolean {
    return this.newestRun?.hasEnded === false;
  }

  /** Takes a mark into account, as reading the mark does. */
  note(mark: ReplayProgress): void {
    if (mark.kind === 'replayed') this.replayed.add(coordinatesText(mark.row));
    else if (mark.kind === 'begun') {
      this.newestRun = { run: mark.run, from: mark.from, hasEnded: false };
    } else if (mark.run === this.newestRun?.run) this.newestRun = { ...this.newestRun, hasEnded: true };
  }

  /** Null for a second copy, and for a message that is no copy of a row of this topic. */
  private firstCopy(
    headers: MessageHeaders,
    at: Pick<RejectedEntry, 'copy' | 'rejectedAtMs'>,
  ): RejectedEntry | null {
    const place = placeOf(headers);
    const row = coordinatesOf(place);
    const reason = ROW_FAULTS.find((fault) => fault === headers['alder-reason']);
    const attempt = attemptOf(headers);
    const isOurs = headers['alder-topic'] === this.log.identity.topic;
    if (row === null || reason === undefined || attempt === null || !isOurs || this.entries.has(place))
      return null;
    const entry: RejectedEntry = {
      row,
      origin: coordinatesOf(headers['alder-origin']) ?? row,
      reason,
      attempt,
      wholeBytes: headers['alder-sha256'] === undefined ? null : Number(headers['alder-bytes']),
      ...at,
    };
    this.entries.set(place, entry);
    return entry;
  }
}

function placeOf(headers: MessageHeaders): string {
  return ['partition', 'offset', 'line'].map((part) => headers[`alder-${part}`] ?? '').join('/');
}

import { ROW_FAULTS, type RowFault } from '../../shared/errors';
import { DEFAULT_READ_BOUNDS } from '../../shared/row-log/bounds';
import {
  attemptOf,
  coordinatesOf,
  coordinatesText,
  progressOf,
} from '../../shared/row-log/rejected-messages';
import type { MessageHeaders, ReplayProgress, RowCoordinates, RowLog } from '../../shared/row-log/row-log';

/** A rejected row as its first copy tells it; its bytes stay in the log. */
export interface RejectedEntry {
  readonly row: RowCoordinates;
  /** Where it was rejected first: `row` itself, unless it was sent again. */
  readonly origin: RowCoordinates;
  readonly reason: RowFault;
  /** How often it was rejected. */
  readonly attempt: number;
  /** Length of the whole value where the copy holds the first bytes of it only, else null. */
  readonly wholeBytes: number | null;
  /** Milliseconds since 1970 when it was kept, −1 where the log has none. */
  readonly keptAtMs: number;
  /** Where the copy is in the topic of rejected rows. */
  readonly copy: { readonly partition: number; readonly offset: number };
}

/** The newest run of a replay: what it sent stands at or behind `from` in each partition. */
export interface ReplayRun {
  readonly run: string;
  readonly from: ReadonlyMap<number, number>;
  readonly hasEnded: boolean;
}

export interface LedgerReading {
  readonly signal?: AbortSignal;
  /** Is told of each row when its first copy is read, with the bytes of that copy. */
  readonly onEntry?: (entry: RejectedEntry, bytes: Uint8Array | null) => void;
  /** Messages read so far by this ledger. */
  readonly onProgress?: (messages: number) => void;
}

/**
 * What the topic of rejected rows says: every rejected row once, since a crash may keep a row twice, and which of them
 * were sent again. Holds some 300 bytes a row and none of their values.
 */
export class RejectedLedger {
  readonly entries = new Map<string, RejectedEntry>();
  newestRun: ReplayRun | null = null;
  private readonly replayed = new Set<string>();
  private readonly position = new Map<number, number>();
  private messages = 0;

  constructor(private readonly log: RowLog) {}

  /** Reads on to where the topic ends now; an aborted signal ends it early. Throws as `readRejected` does. */
  async catchUp({ signal, onEntry, onProgress }: LedgerReading = {}): Promise<void> {
    for await (const block of this.log.readRejected(this.position, DEFAULT_READ_BOUNDS, signal)) {
      const { partition, offsets, values, timestampsMs, headers } = block;
      for (const [i, offset] of offsets.entries()) {
        const named = headers?.[i] ?? {};
        const mark = progressOf(named);
        if (mark !== null) this.note(mark);
        else {
          const at = { copy: { partition, offset }, keptAtMs: timestampsMs[i]! };
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

  /** The row whose first copy this message of the rejected topic is; null for any other message. */
  entryOf(headers: MessageHeaders | null, partition: number, offset: number): RejectedEntry | null {
    const entry = headers === null ? undefined : this.entries.get(placeOf(headers));
    return entry?.copy.partition === partition && entry.copy.offset === offset ? entry : null;
  }

  /** True when the newest run did not live to note its end, or goes on at this moment. */
  get isRunOpen(): boolean {
    return this.newestRun?.hasEnded === false;
  }

  /** Counts a mark, as reading it does. */
  note(mark: ReplayProgress): void {
    if (mark.kind === 'replayed') this.replayed.add(coordinatesText(mark.row));
    else if (mark.kind === 'begun') {
      this.newestRun = { run: mark.run, from: mark.from, hasEnded: false };
    } else if (mark.run === this.newestRun?.run) this.newestRun = { ...this.newestRun, hasEnded: true };
  }

  /** Null for a second copy, and for what is no copy of a row of this topic. */
  private firstCopy(
    headers: MessageHeaders,
    at: Pick<RejectedEntry, 'copy' | 'keptAtMs'>,
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

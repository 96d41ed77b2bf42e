import { replayHeaders } from '../../shared/row-log/rejected-messages';
import type { OutgoingMessage, ReplayProgress, RowLog } from '../../shared/row-log/row-log';

import { isDue, type WhichRows } from './due';
import type { RejectedEntry, RejectedLedger } from './rejected-ledger';

/** Bounds of one send. They are small, because a stop waits for a send and a crash may repeat a send. */
const SEND_MESSAGES_MAX = 100;
const SEND_BYTES_MAX = 262_144;

interface WaitingRow {
  readonly entry: RejectedEntry;
  readonly bytes: Uint8Array | null;
}

/**
 * Sends rows in small sends, and notes each row that was acknowledged. It sends nothing more once another replay has
 * begun, since that replay may send the same rows.
 */
export class ReplaySender {
  /** Rows acknowledged by the log. */
  sent = 0;
  /** Why nothing more is sent; null while rows are sent. */
  stop: 'stopped' | 'another-run' | null = null;
  private waiting: WaitingRow[] = [];
  private waitingBytes = 0;
  private partitionCount = 0;

  constructor(
    private readonly log: RowLog,
    private readonly ledger: RejectedLedger,
    private readonly run: string,
    private readonly signal: AbortSignal,
    private readonly which: WhichRows,
  ) {}

  /** Notes the ends of the partitions, from which the next replay searches if this one dies. */
  async begin(): Promise<void> {
    const bounds = await this.log.bounds();
    this.partitionCount = bounds.length;
    const from = new Map(bounds.map(({ partition, end }): [number, number] => [partition, end]));
    await this.log.appendReplayProgress([{ kind: 'begun', run: this.run, from }]);
    await this.ledger.catchUp();
  }

  /** Adds a row, and sends the waiting rows first when they fill a send. Throws the errors of the log. */
  async add(entry: RejectedEntry, bytes: Uint8Array | null): Promise<void> {
    // A row of the largest size is sent alone, since Kafka refuses a send of this row with others.
    const size = bytes?.length ?? 0;
    if (this.waiting.length >= SEND_MESSAGES_MAX || this.waitingBytes + size > SEND_BYTES_MAX) {
      await this.send();
    }
    if (this.stop !== null) return;
    this.waiting.push({ entry, bytes });
    this.waitingBytes += size;
  }

  /** Sends the remaining rows, and notes that this replay has ended. */
  async end(): Promise<void> {
    await this.send();
    if (this.stop !== 'another-run') await this.log.appendReplayProgress([{ kind: 'ended', run: this.run }]);
  }

  private async send(): Promise<void> {
    const loads = byPartition(this.waiting, this.partitionCount);
    this.waiting = [];
    this.waitingBytes = 0;
    for (const [partition, rows] of loads) {
      if (this.stop === null) await this.sendTo(partition, rows);
    }
  }

  private async sendTo(partition: number, rows: readonly WaitingRow[]): Promise<void> {
    if (this.signal.aborted) {
      this.stop = 'stopped';
      return;
    }
    await this.ledger.catchUp();
    if (this.ledger.newestRun?.run !== this.run) {
      this.stop = 'another-run';
      return;
    }
    const due = rows.filter(({ entry }) => isDue(entry, this.ledger, this.which));
    if (due.length === 0) return;
    const { from } = await this.log.append(partition, due.map(outgoing));
    this.sent += due.length;
    await this.log.appendReplayProgress(due.map(({ entry }, i) => progressOf(entry, partition, from + i)));
  }
}

function byPartition(rows: readonly WaitingRow[], partitionCount: number): Map<number, WaitingRow[]> {
  const loads = new Map<number, WaitingRow[]>();
  for (const row of rows) {
    // A topic that was created again may have fewer partitions than at the rejection.
    const partition = row.entry.row.partition % partitionCount;
    const load = loads.get(partition);
    if (load === undefined) loads.set(partition, [row]);
    else load.push(row);
  }
  return loads;
}

/** A row that was rejected n times is now sent again for the n-th time. */
function outgoing({ entry: { row, origin, attempt }, bytes }: WaitingRow): OutgoingMessage {
  return { value: bytes, headers: replayHeaders({ row, origin, attempt }) };
}

function progressOf({ row, attempt }: RejectedEntry, partition: number, offset: number): ReplayProgress {
  return { kind: 'replayed', row, attempt, sent: { partition, offset } };
}

import type { Clock } from '../../shared/runtime/clock';
import type { PlainMessage } from '../scenarios/plain-log';
import { isPlainlyHeldOut } from '../scenarios/plain-murmur';
import { MemoryRowLog } from '../support/memory-row-log';
import type { SentLines } from './rows';

/** A message with the expected outcome of each of its lines. */
export interface SentMessage extends PlainMessage {
  readonly badLines: readonly { readonly line: number; readonly bytes: Uint8Array | null }[];
}

const CLUSTER_ID = 'simulated';

/** The in-memory log together with a full history of its messages. */
export class SimulatedTopic {
  readonly log: MemoryRowLog;
  /** All messages in append order, including deleted ones. */
  readonly sent: SentMessage[] = [];
  /** All earliest offsets above 0 that a partition has had. */
  readonly earliestEver = new Map<number, number[]>();
  private readonly changes: ((topic: SimulatedTopic) => Promise<void>)[] = [];

  constructor(
    clock: Clock,
    partitions: number,
    private readonly holdoutShare: number,
  ) {
    this.log = MemoryRowLog.open({ partitions, clock, clusterId: CLUSTER_ID });
  }

  async append(partition: number, lines: SentLines): Promise<void> {
    this.changes.push((topic) => topic.append(partition, lines));
    const value = lines === null ? null : lines.map(({ text }) => text).join('\n');
    const { from } = await this.log.append(partition, [{ value }]);
    this.sent.push(this.describe(partition, from, lines));
  }

  async appendControlRecord(partition: number): Promise<void> {
    this.changes.push((topic) => topic.appendControlRecord(partition));
    this.log.appendControlRecords(partition, 1);
  }

  async addPartition(): Promise<void> {
    this.changes.push((topic) => topic.addPartition());
    this.log.addPartition();
  }

  deleteBelow(partition: number, earliest: number): void {
    this.log.deleteBelow(partition, earliest);
    this.earliestEver.set(partition, [...(this.earliestEver.get(partition) ?? []), earliest]);
  }

  /** Appends the full history to another topic, at the same offsets. */
  async repeatOn(topic: SimulatedTopic): Promise<void> {
    for (const change of this.changes) await change(topic);
  }

  earliest(partition: number): number {
    return this.earliestEver.get(partition)?.at(-1) ?? 0;
  }

  /** The current end of every partition. */
  ends(): number[] {
    return this.log.ends();
  }

  /** Whether a partition has a row at an offset in [from, next). */
  hasRowIn(partition: number, from: number, next: number): boolean {
    return this.sent.some(
      (sent) =>
        sent.partition === partition && sent.offset >= from && sent.offset < next && sent.rows.length > 0,
    );
  }

  private describe(partition: number, offset: number, lines: SentLines): SentMessage {
    const block = this.log.blockAt(partition, offset)!;
    const rows = (lines ?? []).flatMap(({ row }, line) => {
      if (row === null) return [];
      return [
        {
          partition,
          offset,
          line,
          ...row,
          heldOut: isPlainlyHeldOut(partition, offset, line, this.holdoutShare),
        },
      ];
    });
    const badLines =
      lines === null
        ? [{ line: 0, bytes: null }]
        : lines.flatMap(({ row, text }, line) => (row === null ? [{ line, bytes: Buffer.from(text) }] : []));
    return {
      partition,
      offset,
      bytes: Uint8Array.from(block.values[0] ?? []),
      timestampMs: block.timestampsMs[0]!,
      rows,
      rejected: badLines.length,
      badLines,
    };
  }
}

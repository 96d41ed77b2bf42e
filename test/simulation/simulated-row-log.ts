import { AlderError, isAlderError } from '../../shared/errors';
import type {
  AppendedRange,
  LogIdentity,
  MessageBlock,
  OffsetRange,
  OutgoingMessage,
  PartitionBounds,
  ReadBounds,
  ReadPosition,
  ReadRound,
  RejectedRow,
  ReplayProgress,
  RowLog,
} from '../../shared/row-log/row-log';

import type { MemoryRowLog } from '../support/memory-row-log';
import type { Dice } from './dice';
import type { Network, Service } from './network';
import type { SimulatedProcess } from './simulated-process';

const RETRY_MS = 100;
/** Share of reads below the earliest offset that continue at the earliest offset instead of throwing. */
const SILENT_JUMPS = 0.5;

/** The log as a service; an outage affects all handles. */
export function logService(): Service {
  return {
    name: 'log',
    isAway: false,
    unavailable: () => new AlderError('log-unavailable', 'the log does not answer'),
  };
}

/** A process's handle on the in-memory log, reached over the network. Odd reads bring the anomalies that a reader must tolerate. */
export class SimulatedRowLog implements RowLog {
  readonly identity: LogIdentity;

  constructor(
    private readonly process: SimulatedProcess,
    private readonly network: Network,
    private readonly service: Service,
    private readonly log: MemoryRowLog,
    private readonly dice: Dice,
  ) {
    this.identity = log.identity;
  }

  bounds(): Promise<PartitionBounds[]> {
    return this.call('bounds', () => this.log.bounds());
  }

  append(partition: number, messages: readonly OutgoingMessage[]): Promise<AppendedRange> {
    return this.call('append', () => this.log.append(partition, messages));
  }

  async *read(position: ReadPosition, bounds: ReadBounds, signal: AbortSignal): AsyncGenerator<ReadRound> {
    const next = new Map(position);
    let partitionCount = Math.max(1, position.size);
    while (!signal.aborted) {
      const round = await this.triedAgain(() => this.fetch(next, partitionCount, bounds), signal);
      if (signal.aborted || round === null) return;
      partitionCount = round.partitionCount;
      for (const block of round.blocks) {
        next.set(block.partition, Math.max(next.get(block.partition) ?? 0, block.next));
      }
      if (round.blocks.length === 0) await this.process.clock.sleep(bounds.waitMsMax, signal);
      if (signal.aborted) return;
      yield round;
    }
  }

  async *readRange(
    range: OffsetRange,
    bounds: ReadBounds,
    signal?: AbortSignal,
  ): AsyncGenerator<MessageBlock> {
    for (let from = range.from; from < range.next && signal?.aborted !== true; ) {
      const at = from;
      const block = await this.triedAgain(
        () => this.call('read-range', async () => this.log.rangeBlock({ ...range, from: at }, bounds)),
        signal,
      );
      if (block === null) return;
      yield block;
      from = block.next;
    }
  }

  appendRejected(rows: readonly RejectedRow[]): Promise<void> {
    return this.call('append-rejected', () => this.log.appendRejected(rows));
  }

  readRejected(from: ReadPosition, bounds: ReadBounds, signal?: AbortSignal): AsyncIterable<MessageBlock> {
    return this.log.readRejected(from, bounds, signal);
  }

  appendReplayProgress(marks: readonly ReplayProgress[]): Promise<void> {
    return this.call('append-marks', () => this.log.appendReplayProgress(marks));
  }

  close(): Promise<void> {
    return this.log.close();
  }

  private fetch(next: ReadPosition, knownPartitions: number, bounds: ReadBounds): Promise<ReadRound> {
    return this.call('fetch', async () => {
      const held = await this.log.bounds();
      const isStale = this.isOdd();
      const partitionCount = isStale ? Math.min(knownPartitions, held.length) : held.length;
      const read = held
        .slice(0, partitionCount)
        .filter(({ partition }) => next.get(partition) !== null && !this.isOdd());
      const blocks = this.dice
        .shuffled(read)
        .map(({ partition, earliest }) =>
          this.block(partition, next.get(partition) ?? earliest, earliest, bounds),
        );
      return { partitionCount, blocks: blocks.filter((block) => block !== null) };
    });
  }

  private block(partition: number, from: number, earliest: number, bounds: ReadBounds): MessageBlock | null {
    const few = this.isOdd() ? { ...bounds, blockMessagesMax: this.dice.between(1, 3) } : bounds;
    // Like a reader that resets itself, this read silently skips messages that retention deleted.
    if (from < earliest && this.dice.chance(SILENT_JUMPS)) {
      this.network.note(this.process, 'jumped', `${partition}/${from}`);
      const rest = this.log.blockAt(partition, earliest, few);
      return rest === null ? null : { ...rest, from };
    }
    const again = this.isOdd() ? Math.max(earliest, from - this.dice.between(1, 4)) : from;
    if (again < from) this.network.note(this.process, 'delivered-again', `${partition}/${again}`);
    return this.log.blockAt(partition, again, few);
  }

  private isOdd(): boolean {
    return this.dice.chance(this.network.weather.oddReads);
  }

  private call<T>(what: string, effect: () => Promise<T>): Promise<T> {
    return this.network.call(this.process, this.service, what, effect);
  }

  /** Retries most failures, as real adapters do; some are thrown. Null when the signal aborted. */
  private async triedAgain<T>(attempt: () => Promise<T>, signal?: AbortSignal): Promise<T | null> {
    while (signal?.aborted !== true) {
      try {
        return await attempt();
      } catch (error) {
        if (!isAlderError(error) || !error.canRetry || this.dice.chance(0.2)) throw error;
        await this.process.clock.sleep(RETRY_MS, signal);
      }
    }
    return null;
  }
}

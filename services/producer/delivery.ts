import {
  DEFAULT_READ_BOUNDS,
  type MessageHeaders,
  type PartitionBounds,
  type RowLog,
} from '../../shared/row-log/row-log';
import type { Clock } from '../../shared/runtime/clock';
import type { PartitionLoad, WaitingMessage } from './outbox';
import { waitForTurn } from './pace';
import type { WaitingRows } from './producer-pass';
import { isPassing, type RetryPolicy, retried, waitAfter } from './retry';

export interface DeliveryOptions {
  readonly log: RowLog;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly retry: RetryPolicy;
  readonly waiting: WaitingRows;
  readonly isAllowed: () => boolean;
  /** Called when the turn came back after others may have sent; says whether to send the load all the same. */
  readonly onTurnBack: () => 'send' | 'give-up';
}

/**
 * How a load ended: `acknowledged`; `given-up` because the turn was lost in between; `stopped` by the signal. After the
 * last two `unansweredRows` says of how many rows it is not known whether they are in the log.
 */
export type DeliveryOutcome = 'acknowledged' | 'given-up' | 'stopped';

/**
 * Puts loads into the log exactly once, one append in flight. An append that throws may still have happened, so the
 * tail of the partition is read before anything is sent again.
 *
 * One gap is left, which the log would have to close: an append that reaches it only after that reading. The wait
 * before the reading makes this rare.
 */
export class Delivery {
  /** Per partition, an offset at or below the first of ours that is not acknowledged. */
  private readonly searchFrom: Map<number, number>;
  private unanswered: readonly WaitingMessage[] = [];

  constructor(
    private readonly options: DeliveryOptions,
    bounds: readonly PartitionBounds[],
  ) {
    this.searchFrom = new Map(bounds.map(({ partition, end }) => [partition, end]));
  }

  /** Rows that were sent, and neither acknowledged nor looked for in the log since. */
  get unansweredRows(): number {
    return this.unanswered.reduce((rows, { rowCount }) => rows + rowCount, 0);
  }

  /** Throws what the log refuses for good, and a passing error after `attemptsMax` tries. */
  async deliver({ partition, messages }: PartitionLoad): Promise<DeliveryOutcome> {
    const { log, clock, signal, retry, waiting, isAllowed, onTurnBack } = this.options;
    let unsent = messages;
    for (let failures = 0; ; ) {
      const turn = await waitForTurn(isAllowed, clock, signal);
      if (turn === 'stopped') return 'stopped';
      if (turn === 'after-waiting' && onTurnBack() === 'give-up') return 'given-up';
      const sent = unsent;
      try {
        this.unanswered = sent;
        const { next } = await waiting.during(() => log.append(partition, sent));
        this.searchFrom.set(partition, next);
        return this.acknowledged();
      } catch (error) {
        failures++;
        if (!isPassing(error)) throw error;
        if (signal.aborted) return 'stopped';
        if (failures >= retry.attemptsMax) throw error;
        waiting.met(error);
      }
      await clock.sleep(waitAfter(failures, retry), signal);
      const look = () => waiting.during(() => this.findArrived(partition, sent));
      const arrived = await retried(look, retry, clock, signal, (error) => waiting.met(error));
      if (arrived === null) return 'stopped';
      unsent = sent.slice(arrived.count);
      if (unsent.length === 0) return this.acknowledged();
    }
  }

  private acknowledged(): DeliveryOutcome {
    this.unanswered = [];
    this.options.waiting.over();
    return 'acknowledged';
  }

  /** How many of the messages, from the first on, already stand in the partition, in their order. */
  private async findArrived(
    partition: number,
    messages: readonly WaitingMessage[],
  ): Promise<{ count: number }> {
    const { log, signal } = this.options;
    const bounds = (await log.bounds()).find((each) => each.partition === partition);
    const from = Math.max(this.searchFrom.get(partition) ?? 0, bounds?.earliest ?? 0);
    const next = bounds?.end ?? from;
    let count = 0;
    let foundNext = from;
    if (next <= from) return { count };
    for await (const block of log.readRange({ partition, from, next }, DEFAULT_READ_BOUNDS, signal)) {
      for (let i = 0; i < block.offsets.length && count < messages.length; i++) {
        if (!isSame(messages[count]!, block.values[i]!, block.headers?.[i] ?? null)) continue;
        count++;
        foundNext = block.offsets[i]! + 1;
      }
    }
    // Simulated rows may be equal: what was found once must not be found again.
    this.searchFrom.set(partition, foundNext);
    return { count };
  }
}

/** By headers first (number and file, or seed), then by bytes: others may write to the same partition. */
function isSame(message: WaitingMessage, value: Uint8Array | null, headers: MessageHeaders | null): boolean {
  if (value === null || headers === null) return false;
  const sameHeaders = Object.entries(message.headers).every(([name, text]) => headers[name] === text);
  return sameHeaders && Buffer.compare(message.value, value) === 0;
}

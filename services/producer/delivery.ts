import { DEFAULT_READ_BOUNDS } from '../../shared/row-log/bounds';
import type { MessageHeaders, PartitionBounds, RowLog } from '../../shared/row-log/row-log';
import type { Clock } from '../../shared/runtime/clock';
import type { OutageNotice } from '../../shared/runtime/outage-notice';
import type { PartitionLoad, WaitingMessage } from './outbox';
import { waitForPermission } from './pace';
import { isTransient, type RetryPolicy, retried, waitAfter } from './retry';

interface DeliveryOptions {
  readonly log: RowLog;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly retry: RetryPolicy;
  readonly notice: OutageNotice;
  readonly isAllowed: () => boolean;
  /** Called when the permission is given back and other processes may have sent; decides about the current load. */
  readonly onPermissionBack: () => 'send' | 'give-up';
}

/**
 * How a load ended: `acknowledged`; `given-up` because the permission was lost in between; `stopped` by the signal. After
 * the last two, `unansweredRows` is the number of rows of which the log may or may not hold a copy.
 */
type DeliveryOutcome = 'acknowledged' | 'given-up' | 'stopped';

/**
 * Appends loads to the log exactly once, with one append in flight. An append that throws may still have succeeded, so
 * the tail of the partition is read before anything is sent again.
 *
 * One gap is left that only the log could close: an append may reach the log after the tail was read. The wait before
 * the read makes this rare.
 */
export class Delivery {
  /** Per partition, an offset at or below our first message that is not acknowledged. */
  private readonly searchFrom: Map<number, number>;
  private unanswered: readonly WaitingMessage[] = [];

  constructor(
    private readonly options: DeliveryOptions,
    bounds: readonly PartitionBounds[],
  ) {
    this.searchFrom = new Map(bounds.map(({ partition, end }) => [partition, end]));
  }

  /** Rows that were sent and not acknowledged, and that were not searched for in the log since. */
  get unansweredRows(): number {
    return this.unanswered.reduce((rows, { rowCount }) => rows + rowCount, 0);
  }

  /** Throws an error of the log that is not transient, and a transient one after `attemptsMax` tries. */
  async deliver({ partition, messages }: PartitionLoad): Promise<DeliveryOutcome> {
    const { log, clock, signal, retry, notice, isAllowed, onPermissionBack } = this.options;
    let unsent = messages;
    for (let failures = 0; ; ) {
      const permission = await waitForPermission(isAllowed, clock, signal);
      if (permission === 'stopped') return 'stopped';
      if (permission === 'after-waiting' && onPermissionBack() === 'give-up') return 'given-up';
      const sent = unsent;
      try {
        this.unanswered = sent;
        const { next } = await notice.watch(() => log.append(partition, sent));
        this.searchFrom.set(partition, next);
        return this.acknowledged();
      } catch (error) {
        failures++;
        if (!isTransient(error)) throw error;
        if (signal.aborted) return 'stopped';
        if (failures >= retry.attemptsMax) throw error;
        notice.failed(error);
      }
      await clock.sleep(waitAfter(failures, retry), signal);
      const findArrived = () => this.findArrived(partition, sent);
      const arrived = await retried(findArrived, retry, clock, signal, notice);
      if (arrived === null) return 'stopped';
      unsent = sent.slice(arrived.count);
      if (unsent.length === 0) return this.acknowledged();
    }
  }

  private acknowledged(): DeliveryOutcome {
    this.unanswered = [];
    this.options.notice.recovered();
    return 'acknowledged';
  }

  /** The number of messages, from the first on, that the partition already holds in their order. */
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
    // Simulated rows may be equal, so a message that was found once must not be found again.
    this.searchFrom.set(partition, foundNext);
    return { count };
  }
}

/** Compares headers (number and file, or seed), then bytes, since other producers may write to the same partition. */
function isSame(message: WaitingMessage, value: Uint8Array | null, headers: MessageHeaders | null): boolean {
  if (value === null || headers === null) return false;
  const sameHeaders = Object.entries(message.headers).every(([name, text]) => headers[name] === text);
  return sameHeaders && Buffer.compare(message.value, value) === 0;
}

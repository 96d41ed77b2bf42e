import { setImmediate as turnOfEvents } from 'node:timers/promises';
import { RowWriter } from '../../shared/row/row-writer';
import { silentLog } from '../../shared/runtime/log';
import { Delivery } from './delivery';
import { Outbox, type PartitionLoad, type WaitingMessage } from './outbox';
import { Pace } from './pace';
import type { ProducerOptions, Tally } from './producer-options';
import { findStart, type PassStart } from './producer-start';
import { firstMissingRow, isMissing } from './resume';
import { DEFAULT_RETRY } from './retry';
import { groupHeaders, groupRows, groupValue, partitionOf, type RowGroup } from './row-messages';
import { TURN_POLL_MS } from './turn';
import { WaitingRows } from './waiting-rows';

/** `turn-lost`: another process was allowed to send meanwhile, so the place to go on from has to be found again. */
export type PassEnd = 'done' | 'stopped' | 'turn-lost';

/** Reads the source once from its beginning, sends what the log lacks of it, and adds to the tally. */
export async function producePass(options: ProducerOptions, tally: Tally): Promise<PassEnd> {
  const waiting = new WaitingRows(options.notices ?? silentLog, options.clock, () => null);
  const start = await findStart(options, waiting);
  return start === null ? 'stopped' : new Pass(options, tally, start).run();
}

class Pass {
  private readonly outbox = new Outbox();
  private readonly writer: RowWriter;
  private readonly pace: Pace;
  private readonly delivery: Delivery;
  /** Rows taken from the source to be sent, those in the outbox included; the pace counts by them. */
  private rowsTaken = 0;
  private rowsSent = 0;
  /** Taken out of the outbox and not acknowledged yet. */
  private rowsWaiting = 0;
  /** What is being sent while the outbox fills again; at most one at a time. */
  private sending: Promise<PassEnd> = Promise.resolve('done');

  constructor(
    private readonly options: ProducerOptions,
    private readonly tally: Tally,
    private readonly start: PassStart,
  ) {
    const { log, clock, signal, resume, ratePerSecond } = options;
    this.writer = new RowWriter(options.schema);
    this.pace = new Pace(ratePerSecond, clock);
    const onTurnBack = (): 'send' | 'give-up' => {
      this.pace.restart(this.rowsTaken);
      return resume ? 'give-up' : 'send';
    };
    const { retry = DEFAULT_RETRY, isAllowed = () => true, notices = silentLog } = options;
    const waiting = new WaitingRows(notices, clock, () => this.rowsWaiting);
    const delivering = { log, clock, signal, retry, waiting, isAllowed, onTurnBack };
    this.delivery = new Delivery(delivering, start.bounds);
    tally.rows = 0;
    tally.alreadyInLog = 0;
    tally.unanswered = 0;
    if (start.last.some((found) => found !== null)) {
      tally.resumedFrom ??= firstMissingRow(start.last, start.layout);
    }
  }

  async run(): Promise<PassEnd> {
    try {
      const end = await this.takeRows();
      const sent = await this.sending;
      return end === 'done' ? sent : end;
    } catch (error) {
      // What is on its way is counted before a fault of the source is told.
      await this.sending.catch(() => undefined);
      throw error;
    }
  }

  private async takeRows(): Promise<PassEnd> {
    const { rows, rowsPerMessage, signal } = this.options;
    const { last, layout } = this.start;
    for await (const group of groupRows(rows, rowsPerMessage)) {
      if (signal.aborted) return 'stopped';
      this.tally.rows += group.rows.length;
      const partition = partitionOf(group.firstRow, rowsPerMessage, layout.partitionCount);
      if (isMissing(last, partition, group.firstRow)) {
        const end = await this.take(partition, this.waitingMessage(group));
        if (end !== 'done') return end;
      } else {
        this.tally.alreadyInLog += group.rows.length;
      }
    }
    return this.sendAll();
  }

  /**
   * Lets a message join the outbox once it is due. Before any wait what is in it goes out. When there is no room it goes
   * out too, and the outbox fills again meanwhile: the log's answer and the next rows' bytes then take one time, not two.
   */
  private async take(partition: number, message: WaitingMessage): Promise<PassEnd> {
    // A message is due with its last row: none of its rows goes out early.
    const lastRow = this.rowsTaken + message.rowCount - 1;
    if (this.pace.waitMs(lastRow) > 0) {
      const end = await this.sendAll();
      if (end !== 'done') return end;
    } else if (!this.outbox.hasRoomFor(partition, message)) {
      const end = await this.sending;
      if (end !== 'done') return end;
      this.beginSending();
      // kafkajs makes and writes a send in many small steps, and each would wait for a message of the next one otherwise.
      await turnOfEvents();
    }
    const { clock, signal, resume, isAllowed = () => true } = this.options;
    for (let waitMs = this.pace.waitMs(lastRow); waitMs > 0; waitMs = this.pace.waitMs(lastRow)) {
      // In pieces, because a turn that is lost and won back during one long wait would pass unseen.
      await clock.sleep(Math.min(waitMs, TURN_POLL_MS), signal);
      if (signal.aborted) return 'stopped';
      if (resume && !isAllowed()) return 'turn-lost';
    }
    this.outbox.add(partition, message);
    this.rowsTaken = lastRow + 1;
    return 'done';
  }

  private async sendAll(): Promise<PassEnd> {
    const end = await this.sending;
    if (end !== 'done') return end;
    this.beginSending();
    return this.sending;
  }

  private beginSending(): void {
    this.sending = this.send(this.outbox.empty());
    // Whoever waits for it meets the error; until then it must not count as one that nobody sees.
    this.sending.catch(() => undefined);
  }

  private async send(loads: readonly PartitionLoad[]): Promise<PassEnd> {
    const { rows, onProgress } = this.options;
    this.rowsWaiting = loads
      .flatMap(({ messages }) => messages)
      .reduce((sum, { rowCount }) => sum + rowCount, 0);
    for (const load of loads) {
      const outcome = await this.delivery.deliver(load);
      this.tally.unanswered = this.delivery.unansweredRows;
      if (outcome !== 'acknowledged') return outcome === 'stopped' ? 'stopped' : 'turn-lost';
      for (const { rowCount, rejectedCount } of load.messages) {
        this.rowsWaiting -= rowCount;
        this.rowsSent += rowCount;
        this.tally.acknowledged += rowCount;
        this.tally.willBeRejected += rejectedCount;
      }
      onProgress?.(this.tally.alreadyInLog + this.rowsSent, rows.rowCount);
    }
    return 'done';
  }

  private waitingMessage(group: RowGroup): WaitingMessage {
    const { value, rejectedCount } = groupValue(this.writer, group);
    const headers = groupHeaders(this.options.rows, group.firstRow);
    return { value, headers, rowCount: group.rows.length, rejectedCount };
  }
}

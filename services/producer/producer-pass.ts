import { setImmediate } from 'node:timers/promises';
import { invariant, isAlderError } from '../../shared/errors';
import { RowWriter } from '../../shared/row/row-writer';
import type { PartitionBounds } from '../../shared/row-log/row-log';
import type { Clock } from '../../shared/runtime/clock';
import { type Log, silentLog } from '../../shared/runtime/log';
import { OutageNotice } from '../../shared/runtime/outage-notice';
import { Delivery } from './delivery';
import { Outbox, type PartitionLoad, type WaitingMessage } from './outbox';
import { Pace, PERMISSION_POLL_MS, waitForPermission } from './pace';
import type { ProducerOptions, Tally } from './producer-options';
import {
  checkAgainstSource,
  findLastMessages,
  firstMissingRow,
  isMissing,
  type LastMessages,
  type Layout,
} from './resume';
import { DEFAULT_RETRY, retried } from './retry';
import { groupHeaders, groupRows, groupValue, partitionOf, type RowGroup } from './row-messages';

/** `permission-lost`: another process may have sent rows in between, so the first missing row must be found again. */
export type PassEnd = 'done' | 'stopped' | 'permission-lost';

/** Reads the source once from its beginning, sends the rows that the log lacks, and adds to the tally. */
export async function producePass(options: ProducerOptions, tally: Tally): Promise<PassEnd> {
  const start = await findStart(options);
  return start === null ? 'stopped' : new Pass(options, tally, start).run();
}

class Pass {
  private readonly outbox = new Outbox();
  private readonly writer: RowWriter;
  private readonly pace: Pace;
  private readonly delivery: Delivery;
  /** Rows taken from the source to be sent, including the rows in the outbox; the pace counts these rows. */
  private rowsTaken = 0;
  private rowsSent = 0;
  /** Rows taken out of the outbox and not acknowledged yet. */
  private rowsWaiting = 0;
  /** The one send in flight, during which the outbox fills again. */
  private sending: Promise<PassEnd> = Promise.resolve('done');

  constructor(
    private readonly options: ProducerOptions,
    private readonly tally: Tally,
    private readonly start: PassStart,
  ) {
    const { log, clock, signal, resume, ratePerSecond } = options;
    this.writer = new RowWriter(options.schema);
    this.pace = new Pace(ratePerSecond, clock);
    const onPermissionBack = (): 'send' | 'give-up' => {
      this.pace.restart(this.rowsTaken);
      return resume ? 'give-up' : 'send';
    };
    const { retry = DEFAULT_RETRY, isAllowed = () => true, notices = silentLog } = options;
    const notice = sendNotice(notices, clock, () => this.rowsWaiting);
    const delivering = { log, clock, signal, retry, notice, isAllowed, onPermissionBack };
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
      // Rows in flight are counted before an error of the source ends the run.
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
   * Adds a message to the outbox once the message is due. The outbox is sent before any wait. It is also sent when the
   * message does not fit; the outbox then fills again during the send, so that encoding rows overlaps the log's answer.
   */
  private async take(partition: number, message: WaitingMessage): Promise<PassEnd> {
    // A message is due with its last row, so that no row goes out early.
    const lastRow = this.rowsTaken + message.rowCount - 1;
    if (this.pace.waitMs(lastRow) > 0) {
      const end = await this.sendAll();
      if (end !== 'done') return end;
    } else if (!this.outbox.accepts(partition, message)) {
      const end = await this.sending;
      if (end !== 'done') return end;
      this.beginSending();
      // kafkajs makes and writes a send in many small steps. Without this, each step would wait for a message to be encoded.
      await setImmediate();
    }
    const { clock, signal, resume, isAllowed = () => true } = this.options;
    for (let waitMs = this.pace.waitMs(lastRow); waitMs > 0; waitMs = this.pace.waitMs(lastRow)) {
      // In short sleeps, because one long sleep would miss a permission that is lost and given back.
      await clock.sleep(Math.min(waitMs, PERMISSION_POLL_MS), signal);
      if (signal.aborted) return 'stopped';
      if (resume && !isAllowed()) return 'permission-lost';
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
    // The next `await this.sending` throws the error; until then Node must not report an unhandled rejection.
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
      if (outcome !== 'acknowledged') return outcome === 'stopped' ? 'stopped' : 'permission-lost';
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

/** Where a pass begins. Without resume every entry of `last` is null, so every row counts as missing. */
interface PassStart {
  readonly bounds: readonly PartitionBounds[];
  readonly layout: Layout;
  readonly last: LastMessages;
}

/**
 * Waits for the permission to send, then asks the log for the end of each partition and, with resume, for the rows that
 * it holds already. Null when the signal aborted first. Throws `resume-impossible`, and the log's error once the retry
 * policy is used up.
 */
async function findStart(options: ProducerOptions): Promise<PassStart | null> {
  const { log, rows, schema, rowsPerMessage, resume, clock, signal, notices = silentLog } = options;
  const permission = await waitForPermission(options.isAllowed ?? (() => true), clock, signal);
  if (permission === 'stopped') return null;
  const notice = sendNotice(notices, clock, () => null);
  const readStart = async () => {
    const bounds = await log.bounds();
    invariant(
      bounds.length > 0 && bounds.every(({ partition }, i) => partition === i),
      'a row log numbers its partitions from 0 without a gap',
    );
    const layout = { file: rows.file, rowsPerMessage, partitionCount: bounds.length };
    const last = resume ? await findLastMessages(log, bounds, layout, signal) : bounds.map(() => null);
    return { bounds, layout, last };
  };
  const start = await retried(readStart, options.retry ?? DEFAULT_RETRY, clock, signal, notice);
  if (start === null || signal.aborted) return null;
  notice.recovered();
  await checkAgainstSource(rows, schema, start.last, start.layout);
  return start;
}

const NOTICE_REPEAT_MS = 10_000;

/**
 * Reports that rows wait for a log that fails or gives no answer. An adapter may retry for a minute before it fails, so
 * a call without an answer is reported as well. `rowCount` is null before the rows to send are known.
 */
function sendNotice(log: Log, clock: Clock, rowCount: () => number | null): OutageNotice {
  return new OutageNotice({
    clock,
    repeatMs: NOTICE_REPEAT_MS,
    onOutage: (error, lastedMs) => {
      const rows = rowCount();
      const subject = rows === null ? 'sending waits to begin' : `${rows} rows wait to be acknowledged`;
      const reason = error instanceof Error ? error.message : 'the log does not answer';
      const code = isAlderError(error) ? error.code : 'append-waits';
      log.warn(code, `${subject}, for ${seconds(lastedMs)} s so far: ${reason}`);
    },
    onRecovery: (lastedMs) =>
      log.info('append-recovered', `the log answers again after ${seconds(lastedMs)} s`),
  });
}

function seconds(ms: number): number {
  return Math.round(ms / 1_000);
}

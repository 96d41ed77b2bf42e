import { setImmediate as turnOfEvents } from 'node:timers/promises';
import { type ErrorCode, invariant, isAlderError } from '../../shared/errors';
import { RowWriter } from '../../shared/row/row-writer';
import type { PartitionBounds } from '../../shared/row-log/row-log';
import type { Clock } from '../../shared/runtime/clock';
import { type Log, silentLog } from '../../shared/runtime/log';
import { Delivery } from './delivery';
import { Outbox, type PartitionLoad, type WaitingMessage } from './outbox';
import { Pace, TURN_POLL_MS, waitForTurn } from './pace';
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

/** Where a pass begins. `last` names nothing without resume, so every row counts as missing. */
export interface PassStart {
  readonly bounds: readonly PartitionBounds[];
  readonly layout: Layout;
  readonly last: LastMessages;
}

/**
 * Waits for the turn, then asks the log where each partition ends and, with resume, which rows it holds already.
 * Null when the signal aborted first. Throws `resume-impossible`, and the log's fault once the retry policy is used up.
 */
export async function findStart(options: ProducerOptions, waiting: WaitingRows): Promise<PassStart | null> {
  const { log, rows, schema, rowsPerMessage, resume, clock, signal } = options;
  if ((await waitForTurn(options.isAllowed ?? (() => true), clock, signal)) === 'stopped') return null;
  const look = async () => {
    const bounds = await log.bounds();
    invariant(
      bounds.length > 0 && bounds.every(({ partition }, i) => partition === i),
      'a row log numbers its partitions from 0 without a gap',
    );
    const layout = { file: rows.file, rowsPerMessage, partitionCount: bounds.length };
    const last = resume ? await findLastMessages(log, bounds, layout, signal) : bounds.map(() => null);
    return { bounds, layout, last };
  };
  const start = await retried(
    () => waiting.during(look),
    options.retry ?? DEFAULT_RETRY,
    clock,
    signal,
    (error) => waiting.met(error),
  );
  if (start === null || signal.aborted) return null;
  waiting.over();
  await checkAgainstSource(rows, schema, start.last, start.layout);
  return start;
}

/** Trouble with the log is told again this often while it lasts. */
const TELL_MS = 10_000;

/**
 * Tells that rows wait for a log that fails or does not answer: at the first failure, then every `TELL_MS` until the log
 * takes rows again, which is told too. An adapter may try for a minute before it fails, so a log that says nothing is
 * told of as well.
 */
export class WaitingRows {
  private toldAtMs: number | null = null;
  private sinceMs: number | null = null;
  private reason: { readonly code: ErrorCode; readonly message: string } | null = null;

  constructor(
    private readonly log: Log,
    private readonly clock: Clock,
    /** Rows that are due and not acknowledged; null before it is known which they are. */
    private readonly rowCount: () => number | null,
  ) {}

  /** Gives what a call to the log gives, and tells if it takes long. That it ended does not end the trouble: `over` does. */
  async during<T>(call: () => Promise<T>): Promise<T> {
    this.sinceMs ??= this.clock.monotonicMs();
    const over = new AbortController();
    void this.tellWhileWaiting(over.signal);
    try {
      return await call();
    } finally {
      over.abort();
    }
  }

  /** A failure that is tried again. */
  met(error: unknown): void {
    const code = isAlderError(error) ? error.code : 'log-unavailable';
    this.reason = { code, message: error instanceof Error ? error.message : String(error) };
    this.tell();
  }

  /** The log took the rows, or turned out to have them. */
  over(): void {
    if (this.toldAtMs !== null) {
      this.log.info('append-recovered', `the log answers again after ${this.waitedSeconds()} s`);
    }
    this.sinceMs = null;
    this.toldAtMs = null;
    this.reason = null;
  }

  private async tellWhileWaiting(over: AbortSignal): Promise<void> {
    for (;;) {
      await this.clock.sleep(TELL_MS, over);
      if (over.aborted) return;
      this.tell();
    }
  }

  private tell(): void {
    const nowMs = this.clock.monotonicMs();
    if (this.toldAtMs !== null && nowMs - this.toldAtMs < TELL_MS) return;
    this.toldAtMs = nowMs;
    const rows = this.rowCount();
    const { code, message } = this.reason ?? { code: 'append-waits', message: 'the log does not answer' };
    const what = rows === null ? 'sending waits to begin' : `${rows} rows wait to be acknowledged`;
    this.log.warn(code, `${what}, for ${this.waitedSeconds()} s so far: ${message}`);
  }

  private waitedSeconds(): number {
    const nowMs = this.clock.monotonicMs();
    return Math.round((nowMs - (this.sinceMs ?? nowMs)) / 1_000);
  }
}

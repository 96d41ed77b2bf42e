import { AlderError } from '../errors';
import type { OffsetMirror } from './offset-mirror';
import type { MessageBlock, RowLog } from './row-log';

/** What a log that answers needs for a call, and more; a stop as a whole is to take about 2 s. */
const STOP_GRACE_MS = 1_000;

/**
 * Ends the waiting for calls to a log at a stop. Adapters try for a minute and more, because a broker that restarts
 * takes that long; whoever is told to stop does not wait with them. A call that is under way when the signal aborts, or
 * begins later, has until `STOP_GRACE_MS` after it; then it throws `log-unavailable` (canRetry) and its outcome is
 * unknown. The call itself goes on: nothing can take it back.
 */
export class CallsUntilStop {
  private readonly waiting = new Set<() => void>();
  private readonly ended = new AbortController();
  private isStopped = false;
  private rejectedAppends = 0;

  constructor(
    private readonly signal: AbortSignal,
    private readonly clock: { sleep(ms: number, signal: AbortSignal): Promise<void> },
  ) {
    if (signal.aborted) void this.stopLater();
    else signal.addEventListener('abort', this.stopLater, { once: true });
  }

  /** True while appends of rejected rows are under way whose answer nobody has seen. */
  get hasUnansweredRejected(): boolean {
    return this.rejectedAppends > 0;
  }

  /** The same log; `append` and `appendRejected` do not begin once the grace is over. */
  log(log: RowLog): RowLog {
    return {
      identity: log.identity,
      bounds: () => this.whileGoing(() => log.bounds()),
      append: (partition, messages) => this.whileGoing(() => log.append(partition, messages)),
      read: (position, bounds, signal) => log.read(position, bounds, signal),
      readRange: (range, bounds, signal) => this.blocks(log.readRange(range, bounds, signal)),
      appendRejected: (rows) => this.whileGoing(() => this.countRejected(log.appendRejected(rows))),
      readRejected: (from, bounds, signal) => this.blocks(log.readRejected(from, bounds, signal)),
      appendMarks: (marks) => this.whileGoing(() => log.appendMarks(marks)),
      close: () => log.close(),
    };
  }

  mirror(mirror: OffsetMirror): OffsetMirror {
    return {
      mirror: (nextOffsets, metadata) => this.whileGoing(() => mirror.mirror(nextOffsets, metadata)),
      read: () => this.whileGoing(() => mirror.read()),
    };
  }

  /** To be called when whoever used the log has ended. */
  end(): void {
    this.signal.removeEventListener('abort', this.stopLater);
    this.ended.abort();
  }

  private readonly stopLater = async (): Promise<void> => {
    await this.clock.sleep(STOP_GRACE_MS, this.ended.signal);
    this.isStopped = true;
    for (const giveUp of [...this.waiting]) giveUp();
  };

  /** Not a race of promises: each would stay known to one that lasts as long as the role. */
  private whileGoing<T>(call: () => Promise<T>): Promise<T> {
    if (this.isStopped) return Promise.reject(stopped());
    return new Promise((resolve, reject) => {
      const giveUp = (): void => reject(stopped());
      const over = (): void => void this.waiting.delete(giveUp);
      this.waiting.add(giveUp);
      call().then(resolve, reject).finally(over);
    });
  }

  private async *blocks(source: AsyncIterable<MessageBlock>): AsyncGenerator<MessageBlock, void, undefined> {
    const blocks = source[Symbol.asyncIterator]();
    let isDone = false;
    try {
      for (;;) {
        const next = await this.whileGoing(() => blocks.next());
        isDone = next.done === true;
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      // A read that was given up ends by itself when its answer comes; that is not waited for either.
      if (!isDone) Promise.resolve(blocks.return?.()).catch(() => undefined);
    }
  }

  private async countRejected(append: Promise<void>): Promise<void> {
    this.rejectedAppends += 1;
    await append.finally(() => {
      this.rejectedAppends -= 1;
    });
  }
}

function stopped(): AlderError {
  return new AlderError('log-unavailable', 'row log: told to stop before the answer came');
}

import { AlderError } from '../errors';
import type { OffsetMirror } from './offset-mirror';
import type { MessageBlock, RowLog } from './row-log';

/** More than a call to an answering log takes; a whole stop should take about 2 s. */
const STOP_GRACE_MS = 1_000;

/**
 * Bounds the wait for calls to a log at a stop. Adapters retry for a minute and more, because a broker's restart takes
 * that long; a stopping role does not wait for them. A call that is under way when the signal aborts, or begins later,
 * has until `STOP_GRACE_MS` after the abort. Then it throws `log-unavailable` and its outcome is unknown, because the
 * call itself goes on.
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

  /** True while appends of rejected rows have no answer yet. */
  get hasUnansweredRejected(): boolean {
    return this.rejectedAppends > 0;
  }

  /** The same log; after the grace its calls throw at once, except `read` and `close`. */
  log(log: RowLog): RowLog {
    return {
      identity: log.identity,
      bounds: () => this.untilGraceEnds(() => log.bounds()),
      append: (partition, messages) => this.untilGraceEnds(() => log.append(partition, messages)),
      read: (position, bounds, signal) => log.read(position, bounds, signal),
      readRange: (range, bounds, signal) => this.blocks(log.readRange(range, bounds, signal)),
      appendRejected: (rows) => this.untilGraceEnds(() => this.countRejected(log.appendRejected(rows))),
      readRejected: (from, bounds, signal) => this.blocks(log.readRejected(from, bounds, signal)),
      appendReplayProgress: (progress) => this.untilGraceEnds(() => log.appendReplayProgress(progress)),
      close: () => log.close(),
    };
  }

  mirror(mirror: OffsetMirror): OffsetMirror {
    return {
      mirror: (nextOffsets, metadata) => this.untilGraceEnds(() => mirror.mirror(nextOffsets, metadata)),
      read: () => this.untilGraceEnds(() => mirror.read()),
    };
  }

  /** Ends the bounding; the user of the log calls it when it has ended. */
  end(): void {
    this.signal.removeEventListener('abort', this.stopLater);
    this.ended.abort();
  }

  private readonly stopLater = async (): Promise<void> => {
    await this.clock.sleep(STOP_GRACE_MS, this.ended.signal);
    this.isStopped = true;
    for (const giveUp of [...this.waiting]) giveUp();
  };

  /** A race of promises would leak: each call would stay referenced by a promise that lasts as long as the role. */
  private untilGraceEnds<T>(call: () => Promise<T>): Promise<T> {
    if (this.isStopped) return Promise.reject(stopped());
    return new Promise((resolve, reject) => {
      const giveUp = (): void => reject(stopped());
      this.waiting.add(giveUp);
      call()
        .then(resolve, reject)
        .finally(() => this.waiting.delete(giveUp));
    });
  }

  private async *blocks(source: AsyncIterable<MessageBlock>): AsyncGenerator<MessageBlock, void, undefined> {
    const blocks = source[Symbol.asyncIterator]();
    let isDone = false;
    try {
      for (;;) {
        const next = await this.untilGraceEnds(() => blocks.next());
        isDone = next.done === true;
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      // An abandoned read ends by itself when its answer comes; nobody waits for that.
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
  return new AlderError('log-unavailable', 'row log: the stop came before the answer');
}

import { setImmediate as turn } from 'node:timers/promises';
import type { Environment } from '../../lmdb/environment';
import type { Clock } from '../../runtime/clock';
import { Signal } from '../../runtime/signal';
import type { MessageBlock, OffsetRange, ReadBounds, ReadPosition, ReadRound } from '../row-log';
import type { EmbeddedTopic } from './topic';

/** Other processes write to the same folder without a word to us, so a waiting read looks again this often. */
const POLL_MS = 20;

/** What a read needs beside its own arguments. */
export interface ReadingOf {
  readonly topic: EmbeddedTopic;
  readonly environment: Environment;
  readonly clock: Clock;
  /** Throws once the log was closed. */
  readonly checkOpen: () => void;
}

/** RowLog's `read`. It waits for a write of this process or the next poll, whichever comes first. */
export async function* followTopic(
  { topic, environment, clock, checkOpen }: ReadingOf,
  position: ReadPosition,
  bounds: ReadBounds,
  signal: AbortSignal,
): AsyncGenerator<ReadRound, void, undefined> {
  const { partitionCount } = topic;
  const next = new Map(position);
  const wakeup = new Signal();
  const stopListening = environment.onWrite(() => wakeup.notify());
  try {
    let silentSinceMs = clock.monotonicMs();
    while (!signal.aborted) {
      checkOpen();
      const blocks = topic.readOn(next, bounds);
      const silentMs = clock.monotonicMs() - silentSinceMs;
      if (blocks.length === 0 && silentMs < bounds.waitMsMax) {
        await wakeup.wait(Math.min(POLL_MS, bounds.waitMsMax - silentMs), clock, signal);
        continue;
      }
      for (const block of blocks) next.set(block.partition, block.next);
      yield { partitionCount, blocks };
      await turnOfEvents();
      silentSinceMs = clock.monotonicMs();
    }
  } finally {
    stopListening();
  }
}

/** RowLog's `readRange`. */
export async function* readTopicRange(
  { topic, checkOpen }: ReadingOf,
  { partition, from, next }: OffsetRange,
  bounds: ReadBounds,
  signal?: AbortSignal,
): AsyncGenerator<MessageBlock, void, undefined> {
  let at = from;
  while (at < next && signal?.aborted !== true) {
    checkOpen();
    const block = topic.readBlock(partition, at, next, bounds);
    at = block.next;
    yield block;
    await turnOfEvents();
  }
}

/** Reading is synchronous, so timers such as the lease's would starve during a long catch-up without this. */
async function turnOfEvents(): Promise<void> {
  await turn();
}

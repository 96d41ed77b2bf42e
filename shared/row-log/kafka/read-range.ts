import { AlderError } from '../../errors';
import { systemClock } from '../../runtime/clock';
import type { MessageBlock, OffsetRange, ReadBounds } from '../row-log';
import { kafkaFault, rowLogError } from './faults';
import { fetchBlocks } from './fetch-blocks';
import { type Notice, Trouble } from './notices';
import { fetchBounds } from './offsets';
import type { TopicCluster } from './topic-cluster';

const RETRY_MS = 100;

/** How long a range waits for a cluster that does not answer; somebody stands behind it and waits as well. */
const SILENCE_MS_MAX = 60_000;

/**
 * Reads exactly [from, next) of one partition and ends; a signal ends it early, without a throw. Throws
 * `log-range-gone` when the log no longer holds, or does not yet hold, the whole range.
 */
export async function* readRange(
  source: TopicCluster,
  range: OffsetRange,
  bounds: ReadBounds,
  notice: Notice,
  signal: AbortSignal,
): AsyncGenerator<MessageBlock, void, undefined> {
  const attempt = retrying(source, notice, signal);
  const { partition, next } = range;
  if (range.from >= next) return;
  let from = range.from;
  let isHeld = false;
  while (from < next && !signal.aborted) {
    const blocks = await attempt(async (turn) => {
      // After a failure as well: a broker that no longer leads the partition calls any offset out of range, and only
      // what its leader holds by now tells whether the offset is gone.
      if (!isHeld || turn > 0) {
        const [held] = await fetchBounds(source, [partition]);
        refuseUnlessHeld({ partition, from, next }, source.topic, held);
        isHeld = true;
      }
      const leader = (await source.leaders()).find((each) => each.partition === partition);
      if (leader === undefined) return [];
      return fetchBlocks(source, leader.nodeId, [{ partition, from }], bounds, turn);
    });
    if (blocks === null) return;
    for (const block of blocks) {
      if (from >= next || signal.aborted) return;
      const inside = upTo(block, next);
      from = inside.next;
      yield inside;
    }
  }
}

type Attempt = <T>(call: (turn: number) => Promise<T>) => Promise<T | null>;

/** Makes a call until it succeeds; null when the signal ended the trying. */
function retrying(source: TopicCluster, notice: Notice, signal: AbortSignal): Attempt {
  const doing = `reading a range of ${source.topic}`;
  const trouble = new Trouble(doing, notice);
  return async (call) => {
    const sinceMs = systemClock.monotonicMs();
    for (let turn = 0; !signal.aborted; turn += 1) {
      try {
        const answer = await call(turn);
        trouble.over();
        return answer;
      } catch (error) {
        const isLate = systemClock.monotonicMs() - sinceMs > SILENCE_MS_MAX;
        const mayPass = ['passing', 'topic-unknown', 'out-of-range'].includes(kafkaFault(error));
        if (!mayPass || isLate) throw rowLogError(error, doing, { topic: source.topic, onTopic: 'Read' });
        trouble.met(error);
        source.doubt(error);
        await systemClock.sleep(RETRY_MS, signal);
      }
    }
    return null;
  };
}

function refuseUnlessHeld(
  range: OffsetRange,
  topic: string,
  held: { earliest: number; end: number } | undefined,
): void {
  if (held !== undefined && range.from >= held.earliest && range.next <= held.end) return;
  const has = held === undefined ? 'that partition is not there' : `it holds [${held.earliest}, ${held.end})`;
  throw new AlderError(
    'log-range-gone',
    `kafka: [${range.from}, ${range.next}) of partition ${range.partition} of ${topic} cannot be read, ${has}`,
  );
}

/** The block without the messages at `next` and above. */
function upTo(block: MessageBlock, next: number): MessageBlock {
  if (block.next <= next) return block;
  const beyond = block.offsets.findIndex((offset) => offset >= next);
  const count = beyond === -1 ? block.offsets.length : beyond;
  return {
    partition: block.partition,
    from: block.from,
    next,
    offsets: block.offsets.slice(0, count),
    values: block.values.slice(0, count),
    timestampsMs: block.timestampsMs.slice(0, count),
    headers: block.headers?.slice(0, count) ?? null,
  };
}

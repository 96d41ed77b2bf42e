import { AlderError } from '../../errors';
import { systemClock } from '../../runtime/clock';
import type { MessageBlock, OffsetRange, PartitionBounds, ReadBounds } from '../row-log';
import type { TopicCluster } from './client-internals/topic-cluster';
import { kafkaFault, rowLogError } from './faults';
import { fetchBlocks } from './fetch-blocks';
import { kafkaOutage, type Notice } from './notices';

const RETRY_MS = 100;

/** How long a range waits for a cluster that does not answer; its caller waits as well. */
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
  const retry = retrying(source, notice, signal);
  const { partition, next } = range;
  if (range.from >= next) return;
  let from = range.from;
  let isChecked = false;
  while (from < next && !signal.aborted) {
    const blocks = await retry(async (failures) => {
      // Checked again after a failure: a broker that no longer leads the partition calls any offset out of range, and
      // only its leader knows whether the offset is gone.
      if (!isChecked || failures > 0) {
        const [there] = await source.bounds([partition]);
        refuseUnlessThere({ partition, from, next }, source.topic, there);
        isChecked = true;
      }
      const leader = (await source.leaders()).find((each) => each.partition === partition);
      if (leader === undefined) return [];
      return fetchBlocks(source, leader.nodeId, [{ partition, from }], bounds);
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

type Retry = <T>(call: (failures: number) => Promise<T>) => Promise<T | null>;

/** Repeats a call until it succeeds; null when the signal aborts first. */
function retrying(source: TopicCluster, notice: Notice, signal: AbortSignal): Retry {
  const doing = `reading a range of ${source.topic}`;
  const outage = kafkaOutage(doing, notice);
  return async (call) => {
    const sinceMs = systemClock.monotonicMs();
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        const answer = await call(failures);
        outage.recovered();
        return answer;
      } catch (error) {
        const isLate = systemClock.monotonicMs() - sinceMs > SILENCE_MS_MAX;
        const mayPass = ['passing', 'topic-unknown', 'out-of-range'].includes(kafkaFault(error));
        if (!mayPass || isLate) throw rowLogError(error, doing, { topic: source.topic, onTopic: 'Read' });
        outage.failed(error);
        source.recoverFrom(error);
        await systemClock.sleep(RETRY_MS, signal);
      }
    }
    return null;
  };
}

function refuseUnlessThere(
  { partition, from, next }: OffsetRange,
  topic: string,
  there: PartitionBounds | undefined,
): void {
  if (there !== undefined && from >= there.earliest && next <= there.end) return;
  const has =
    there === undefined ? 'that partition is not there' : `it holds [${there.earliest}, ${there.end})`;
  throw new AlderError(
    'log-range-gone',
    `kafka: [${from}, ${next}) of partition ${partition} of ${topic} cannot be read, ${has}`,
    { fields: { topic, partition, from, next } },
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

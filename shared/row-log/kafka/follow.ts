import { setMaxListeners } from 'node:events';
import { AlderError } from '../../errors';
import { systemClock } from '../../runtime/clock';
import type { MessageBlock, ReadBounds, ReadPosition, ReadRound } from '../row-log';
import { faultyPartition, kafkaFault, rowLogError } from './faults';
import { fetchBlocks } from './fetch-blocks';
import { type Notice, Trouble } from './notices';
import { fetchBounds, fetchOffsets } from './offsets';
import { RangeJudge } from './out-of-range';
import type { TopicCluster } from './topic-cluster';
import { WaitingBlocks } from './waiting-blocks';

const RETRY_MS = 100;

/** A topic that was just made, or whose leader just moved, is unknown to some brokers for a moment. */
const TOPIC_UNKNOWN_MS_MAX = 5_000;

/**
 * Reads a topic on from a position without a consumer group: one loop for each broker that leads partitions, each with
 * at most one fetch under way, and that only when everything it brought before was taken. So a broker that fails stalls
 * its own partitions only, and a reader that stops pulling stops the fetching.
 */
export class TopicFollower {
  /** Null for a partition that is left out. */
  private readonly nextOffsets: Map<number, number | null>;
  private readonly waiting = new WaitingBlocks();
  private readonly loops = new Map<string, Promise<void>>();
  private readonly stop = new AbortController();
  private readonly judge: RangeJudge;
  private scout: Promise<void> = Promise.resolve();
  private topicUnknownSinceMs: number | null = null;
  private hasRead = false;
  /** The topic was known, then unknown: what is found under its name from now on may be another one. */
  private mayBeAnother = false;
  private failure: AlderError | null = null;

  constructor(
    private readonly source: TopicCluster,
    position: ReadPosition,
    private readonly bounds: ReadBounds,
    private readonly notice: Notice,
    /** Partitions known so far; grows when the topic does. */
    private partitionCount: number,
  ) {
    this.nextOffsets = new Map(position);
    this.judge = new RangeJudge(source.topic, () => systemClock.monotonicMs());
    setMaxListeners(0, this.stop.signal);
  }

  start(): void {
    this.scout = this.startLoops();
  }

  /**
   * The next round: a block for each partition that has one, or none after `waitMsMax`; null once stopped. Throws what
   * ended the reading, after everything that came before it was taken.
   */
  async nextRound(): Promise<ReadRound | null> {
    const { waiting, stop } = this;
    if (waiting.isEmpty && !stop.signal.aborted) await waiting.untilArrived(this.bounds.waitMsMax);
    if (waiting.isEmpty && this.failure !== null) throw this.failure;
    if (stop.signal.aborted && this.failure === null) return null;
    return { partitionCount: this.partitionCount, blocks: waiting.takeRound() };
  }

  /** Stops the loops and resolves when none of their fetches is under way any more. */
  async finish(): Promise<void> {
    this.stop.abort();
    this.waiting.wakeAll();
    await this.scout;
    await Promise.all(this.loops.values());
  }

  /**
   * Until the leaders are known for the first time there is no loop that could look for them; nor is there while every
   * partition is left out, and then new ones have to be looked for here.
   */
  private async startLoops(): Promise<void> {
    const trouble = new Trouble(`reading ${this.source.topic}`, this.notice);
    while (!this.stop.signal.aborted && this.loops.size === 0) {
      try {
        const led = await this.survey();
        trouble.over();
        if (led.size === 0) await systemClock.sleep(this.bounds.waitMsMax, this.stop.signal);
      } catch (error) {
        await this.recover(error, trouble);
      }
    }
  }

  private async followLeader(nodeId: string): Promise<void> {
    const trouble = new Trouble(`reading ${this.source.topic} from broker ${nodeId}`, this.notice);
    let turn = 0;
    while (!this.stop.signal.aborted) {
      try {
        const led = await this.survey().then((leaders) => leaders.get(nodeId) ?? []);
        if (led.length === 0) return;
        if (this.waiting.isWaiting(led)) {
          if (!this.stop.signal.aborted) await this.waiting.untilTaken();
          continue;
        }
        const positions = led.map((partition) => ({ partition, from: this.nextOffsets.get(partition)! }));
        const blocks = await fetchBlocks(this.source, nodeId, positions, this.bounds, turn);
        if (this.mayBeAnother) return this.end(wasGone(this.source.topic));
        this.accept(blocks);
        turn += 1;
        this.hasRead = true;
        this.topicUnknownSinceMs = null;
        trouble.over();
      } catch (error) {
        await this.recover(error, trouble, nodeId);
      }
    }
  }

  /** Partitions by leader; new partitions join at their earliest offset, and a broker that leads gets its loop. */
  private async survey(): Promise<Map<string, number[]>> {
    const leaders = await this.source.leaders();
    const unread = leaders
      .map(({ partition }) => partition)
      .filter((partition) => !this.nextOffsets.has(partition));
    if (unread.length > 0) {
      for (const [partition, earliest] of await fetchOffsets(this.source, unread, true)) {
        if (!this.nextOffsets.has(partition)) this.nextOffsets.set(partition, earliest);
      }
    }
    this.partitionCount = Math.max(this.partitionCount, leaders.length);
    const led = new Map<string, number[]>();
    for (const { partition, nodeId } of leaders) {
      const next = this.nextOffsets.get(partition);
      if (next === undefined || next === null) continue;
      const ofNode = led.get(nodeId);
      if (ofNode === undefined) led.set(nodeId, [partition]);
      else ofNode.push(partition);
    }
    for (const nodeId of led.keys()) {
      if (this.loops.has(nodeId) || this.stop.signal.aborted) continue;
      this.loops.set(
        nodeId,
        this.followLeader(nodeId).finally(() => this.loops.delete(nodeId)),
      );
    }
    return led;
  }

  /** A partition may have moved to another broker while its old leader's answer was under way: only one of them counts. */
  private accept(blocks: readonly MessageBlock[]): void {
    for (const block of blocks) {
      if (this.nextOffsets.get(block.partition) !== block.from) continue;
      this.nextOffsets.set(block.partition, block.next);
      this.waiting.add(block);
    }
  }

  private async recover(error: unknown, trouble: Trouble, nodeId?: string): Promise<void> {
    if (this.stop.signal.aborted) return;
    const fault = kafkaFault(error);
    const nowMs = systemClock.monotonicMs();
    if (fault === 'topic-unknown') {
      this.topicUnknownSinceMs ??= nowMs;
      this.mayBeAnother ||= this.hasRead;
    }
    const isTopicGone =
      fault === 'topic-unknown' && nowMs - (this.topicUnknownSinceMs ?? nowMs) > TOPIC_UNKNOWN_MS_MAX;
    if (isTopicGone || !['passing', 'topic-unknown', 'out-of-range'].includes(fault)) {
      const { topic } = this.source;
      this.end(rowLogError(error, `reading ${topic}`, { topic, onTopic: 'Read' }));
      return;
    }
    this.source.doubt(error, nodeId);
    if (fault !== 'out-of-range') trouble.met(error);
    else await this.judgePosition(faultyPartition(error));
    await systemClock.sleep(RETRY_MS, this.stop.signal);
  }

  private async judgePosition(partition: number | undefined): Promise<void> {
    const from = partition === undefined ? undefined : this.nextOffsets.get(partition);
    if (partition === undefined || from === undefined || from === null) return;
    try {
      const [bounds] = await fetchBounds(this.source, [partition]);
      const verdict = bounds === undefined ? null : this.judge.judge({ partition, from }, bounds);
      if (verdict !== null) this.end(verdict);
    } catch (error) {
      // The leader could not be asked, so nothing is known; the next fetch meets the same doubt again.
      this.source.doubt(error);
    }
  }

  private end(failure: AlderError): void {
    this.failure ??= failure;
    this.stop.abort();
    this.waiting.wakeAll();
  }
}

/** A retry helps, but not this reading's own: whoever reads has to see first whether it is still the same log. */
function wasGone(topic: string): AlderError {
  return new AlderError(
    'log-unavailable',
    `kafka: ${topic} was gone for a moment, and what is there now may be another topic`,
  );
}

import { setMaxListeners } from 'node:events';
import { AlderError } from '../../errors';
import { systemClock } from '../../runtime/clock';
import type { OutageNotice } from '../../runtime/outage-notice';
import type { MessageBlock, ReadBounds, ReadPosition, ReadRound } from '../row-log';
import { faultyPartition } from './client-internals/client-errors';
import type { TopicCluster } from './client-internals/topic-cluster';
import { kafkaFault, rowLogError } from './faults';
import { fetchBlocks } from './fetch-blocks';
import { kafkaOutage, type Notice } from './notices';
import { RangeJudge } from './out-of-range';
import { WaitingBlocks } from './waiting-blocks';

const RETRY_MS = 100;

/** A topic that was just made, or whose leader just moved, is unknown to some brokers for a moment. */
const TOPIC_UNKNOWN_MS_MAX = 5_000;

/**
 * Follows a topic from a position without a consumer group: one loop for each broker that leads partitions. A loop has
 * at most one fetch under way, and fetches only after the reader took all its blocks (backpressure). So a broker that
 * fails stalls its own partitions only, and a reader that stops pulling stops the fetching.
 */
export class TopicFollower {
  /** Null for a partition that the reader leaves out. */
  private readonly nextOffsets: Map<number, number | null>;
  private readonly waiting = new WaitingBlocks();
  private readonly loops = new Map<string, Promise<void>>();
  private readonly stop = new AbortController();
  private readonly judge: RangeJudge;
  private discovery: Promise<void> = Promise.resolve();
  private topicUnknownSinceMs: number | null = null;
  private hasRead = false;
  /** The topic was known, then unknown: a topic of its name may now be another one. */
  private mayBeReplaced = false;
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
    this.discovery = this.discoverLeaders();
  }

  /**
   * The next round: a block for each partition that has one, or none after `waitMsMax`; null once stopped. After all
   * fetched blocks were taken it throws the error that ended the reading.
   */
  async nextRound(): Promise<ReadRound | null> {
    const { waiting, stop } = this;
    if (waiting.isEmpty && !stop.signal.aborted) await waiting.untilArrived(this.bounds.waitMsMax);
    if (waiting.isEmpty && this.failure !== null) throw this.failure;
    if (stop.signal.aborted && this.failure === null) return null;
    return { partitionCount: this.partitionCount, blocks: waiting.takeRound() };
  }

  /** Stops the loops and resolves when their last fetch has ended. */
  async finish(): Promise<void> {
    this.stop.abort();
    this.waiting.wakeAll();
    await this.discovery;
    await Promise.all(this.loops.values());
  }

  /** Looks for leaders while no loop runs: before the first answer, and while every partition is left out. */
  private async discoverLeaders(): Promise<void> {
    const outage = kafkaOutage(`reading ${this.source.topic}`, this.notice);
    while (!this.stop.signal.aborted && this.loops.size === 0) {
      try {
        const led = await this.survey();
        outage.recovered();
        if (led.size === 0) await systemClock.sleep(this.bounds.waitMsMax, this.stop.signal);
      } catch (error) {
        await this.recover(error, outage);
      }
    }
  }

  private async followLeader(nodeId: string): Promise<void> {
    const outage = kafkaOutage(`reading ${this.source.topic} from broker ${nodeId}`, this.notice);
    while (!this.stop.signal.aborted) {
      try {
        const led = await this.survey().then((leaders) => leaders.get(nodeId) ?? []);
        if (led.length === 0) return;
        if (this.waiting.isWaiting(led)) {
          if (!this.stop.signal.aborted) await this.waiting.untilTaken();
          continue;
        }
        const positions = led.map((partition) => ({ partition, from: this.nextOffsets.get(partition)! }));
        const blocks = await fetchBlocks(this.source, nodeId, positions, this.bounds);
        if (this.mayBeReplaced) return this.end(wasGone(this.source.topic));
        this.accept(blocks);
        this.hasRead = true;
        this.topicUnknownSinceMs = null;
        outage.recovered();
      } catch (error) {
        await this.recover(error, outage, nodeId);
      }
    }
  }

  /** Gives the partitions by leader. New partitions join at their earliest offset, and each leader gets its loop. */
  private async survey(): Promise<Map<string, number[]>> {
    const leaders = await this.source.leaders();
    const unread = leaders
      .map(({ partition }) => partition)
      .filter((partition) => !this.nextOffsets.has(partition));
    if (unread.length > 0) {
      for (const [partition, earliest] of await this.source.offsets(unread, true)) {
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

  /** A partition may move while its old leader's answer is under way, so two leaders may answer: the first counts. */
  private accept(blocks: readonly MessageBlock[]): void {
    for (const block of blocks) {
      if (this.nextOffsets.get(block.partition) !== block.from) continue;
      this.nextOffsets.set(block.partition, block.next);
      this.waiting.add(block);
    }
  }

  private async recover(error: unknown, outage: OutageNotice, nodeId?: string): Promise<void> {
    if (this.stop.signal.aborted) return;
    const fault = kafkaFault(error);
    const nowMs = systemClock.monotonicMs();
    if (fault === 'topic-unknown') {
      this.topicUnknownSinceMs ??= nowMs;
      this.mayBeReplaced ||= this.hasRead;
    }
    const isTopicGone =
      fault === 'topic-unknown' && nowMs - (this.topicUnknownSinceMs ?? nowMs) > TOPIC_UNKNOWN_MS_MAX;
    if (isTopicGone || !['passing', 'topic-unknown', 'out-of-range'].includes(fault)) {
      const { topic } = this.source;
      this.end(rowLogError(error, `reading ${topic}`, { topic, onTopic: 'Read' }));
      return;
    }
    this.source.recoverFrom(error, nodeId);
    if (fault !== 'out-of-range') outage.failed(error);
    else await this.judgePosition(faultyPartition(error));
    await systemClock.sleep(RETRY_MS, this.stop.signal);
  }

  private async judgePosition(partition: number | undefined): Promise<void> {
    const from = partition === undefined ? undefined : this.nextOffsets.get(partition);
    if (partition === undefined || from === undefined || from === null) return;
    try {
      const [bounds] = await this.source.bounds([partition]);
      const verdict = bounds === undefined ? null : this.judge.judge({ partition, from }, bounds);
      if (verdict !== null) this.end(verdict);
    } catch (error) {
      // Without the leader's answer nothing is known; the next fetch is called out of range again.
      this.source.recoverFrom(error);
    }
  }

  private end(failure: AlderError): void {
    this.failure ??= failure;
    this.stop.abort();
    this.waiting.wakeAll();
  }
}

/** Only the reader can retry: it checks first whether the topic is still the same log. */
function wasGone(topic: string): AlderError {
  return new AlderError(
    'log-unavailable',
    `kafka: ${topic} was gone for a moment, and the topic that is there now may be another one`,
    { fields: { topic } },
  );
}

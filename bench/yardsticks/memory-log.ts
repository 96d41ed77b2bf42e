import { setImmediate as turn } from 'node:timers/promises';
import { encodeRow } from '../../shared/row/row-writer';
import type {
  AppendedRange,
  MessageBlock,
  OffsetRange,
  PartitionBounds,
  ReadBounds,
  ReadPosition,
  ReadRound,
  RowLog,
} from '../../shared/row-log/row-log';
import { systemClock } from '../../shared/runtime/clock';
import { irisShape } from '../harness/iris-shape';
import { bellFrom, numbersFrom } from '../harness/random';
import { irisSchema, SEED } from './ingest-rows';

const LOOK_MS = 20;

/** One partition of rows like Iris that are generated when they are read, so that the log itself takes no memory. */
export class MadeUpLog implements RowLog {
  readonly identity = { kind: 'embedded', clusterId: 'made-up', topic: 'rows' } as const;
  private readonly shape = irisShape();

  /** `end` is the offset of the next row; it may rise at any time. */
  constructor(public end: number) {}

  async bounds(): Promise<PartitionBounds[]> {
    return [{ partition: 0, earliest: 0, end: this.end }];
  }

  async *read(
    position: ReadPosition,
    bounds: ReadBounds,
    signal: AbortSignal,
  ): AsyncGenerator<ReadRound, void, undefined> {
    let next = position.get(0) ?? 0;
    while (!signal.aborted) {
      if (next === this.end) await systemClock.sleep(LOOK_MS, signal);
      const to = Math.min(this.end, next + bounds.blockMessagesMax);
      yield { partitionCount: 1, blocks: next === to ? [] : [this.block(next, to)] };
      next = to;
      await turn();
    }
  }

  async *readRange(
    { from, next }: OffsetRange,
    bounds: ReadBounds,
  ): AsyncGenerator<MessageBlock, void, undefined> {
    for (let at = from; at < next; at += bounds.blockMessagesMax) {
      yield this.block(at, Math.min(next, at + bounds.blockMessagesMax));
      await turn();
    }
  }

  async append(): Promise<AppendedRange> {
    throw new Error('rows are made up here, not appended');
  }

  async appendRejected(): Promise<void> {
    throw new Error('no row of these is bad');
  }

  async *readRejected(): AsyncGenerator<MessageBlock, void, undefined> {}

  async appendReplayProgress(): Promise<void> {
    throw new Error('no row of these was rejected');
  }

  async close(): Promise<void> {}

  private block(from: number, next: number): MessageBlock {
    const offsets = Array.from({ length: next - from }, (_, i) => from + i);
    return {
      partition: 0,
      from,
      next,
      offsets,
      values: offsets.map((offset) => this.value(offset)),
      timestampsMs: offsets.map(() => 0),
      headers: null,
    };
  }

  private value(offset: number): Uint8Array {
    const draw = numbersFrom(SEED + offset);
    const k = Math.floor(3 * draw());
    const features = this.shape[k]!.map(({ mean, deviation }) => mean + deviation * bellFrom(draw));
    return Buffer.from(encodeRow(irisSchema, features, irisSchema.label.classes[k]!));
  }
}

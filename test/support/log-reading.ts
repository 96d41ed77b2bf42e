import type {
  MessageBlock,
  MessageHeaders,
  ReadBounds,
  ReadPosition,
  ReadRound,
  RowLog,
} from '../../shared/row-log/row-log';

/** Bounds that keep a test quick; a reader of a real log has larger ones. */
export const TEST_READ_BOUNDS: ReadBounds = {
  blockMessagesMax: 1_000,
  blockBytesMax: 1_048_576,
  waitMsMax: 100,
};

/** How long a test waits for an expected result before it fails. */
const PATIENCE_MS = 10_000;

/** One message in a form that a test can compare; a block holds it in parallel arrays. */
export interface ReadMessage {
  readonly partition: number;
  readonly offset: number;
  /** Hex, so that two values are equal exactly when their bytes are; null for a null value. */
  readonly hex: string | null;
  readonly headers: MessageHeaders | null;
  readonly timestampMs: number;
}

export function messagesOf(blocks: readonly MessageBlock[]): ReadMessage[] {
  return blocks.flatMap((block) =>
    block.offsets.map((offset, i) => {
      const value = block.values[i] ?? null;
      return {
        partition: block.partition,
        offset,
        hex: value === null ? null : Buffer.from(value).toString('hex'),
        headers: block.headers?.[i] ?? null,
        timestampMs: block.timestampsMs[i] ?? Number.NaN,
      };
    }),
  );
}

/** The values as text, in the order in which they were read. */
export function textsOf(messages: readonly ReadMessage[]): (string | null)[] {
  return messages.map(({ hex }) => (hex === null ? null : Buffer.from(hex, 'hex').toString('utf8')));
}

/** Reads rounds until `enough` holds; throws at the deadline. */
export async function readRounds(
  log: RowLog,
  position: ReadPosition,
  enough: (rounds: readonly ReadRound[]) => boolean,
  bounds: ReadBounds = TEST_READ_BOUNDS,
): Promise<ReadRound[]> {
  const rounds: ReadRound[] = [];
  for await (const round of log.read(position, bounds, AbortSignal.timeout(PATIENCE_MS))) {
    rounds.push(round);
    if (enough(rounds)) return rounds;
  }
  const count = messagesOf(rounds.flatMap((round) => round.blocks)).length;
  throw new Error(`the read brought only ${count} messages in ${PATIENCE_MS} ms`);
}

/** The next `count` messages from a position, all partitions together in the order of their arrival. */
export async function readMessages(
  log: RowLog,
  position: ReadPosition,
  count: number,
  bounds: ReadBounds = TEST_READ_BOUNDS,
): Promise<ReadMessage[]> {
  const messages = (rounds: readonly ReadRound[]) => messagesOf(rounds.flatMap((round) => round.blocks));
  return messages(await readRounds(log, position, (rounds) => messages(rounds).length >= count, bounds));
}

/** All values of an async sequence. */
export async function collect<T>(sequence: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of sequence) all.push(each);
  return all;
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Environment, openEnvironment } from '../../shared/lmdb/environment';
import { EmbeddedBlock } from '../../shared/row-log/embedded/embedded-block';
import { encodeEntries } from '../../shared/row-log/embedded/stored-entries';
import type { OutgoingMessage } from '../../shared/row-log/row-log';

/** A data folder for one test. `open` opens another environment on it; `remove` closes all and deletes the folder. */
export interface TestFolder {
  readonly dataDir: string;
  open(): Environment;
  remove(): Promise<void>;
}

export function makeTestFolder(): TestFolder {
  const dataDir = mkdtempSync(join(tmpdir(), 'alder-embedded-'));
  const opened: Environment[] = [];
  return {
    dataDir,
    open: () => {
      const environment = openEnvironment(dataDir);
      opened.push(environment);
      return environment;
    },
    remove: async () => {
      for (const environment of opened) await environment.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Deletes messages [from, next) as retention does at the head, or as an operator does in the middle. */
export async function deleteMessages(
  environment: Environment,
  topic: string,
  { partition, from, next }: { partition: number; from: number; next: number },
): Promise<void> {
  await rewriteMessages(environment, topic, partition, (offset, value) =>
    offset >= from && offset < next ? 'gone' : value,
  );
}

/** Changes the text of one message, to simulate tampering with the log. */
export async function changeMessage(
  environment: Environment,
  topic: string,
  { partition, offset }: { partition: number; offset: number },
  change: (text: string) => string,
): Promise<void> {
  await rewriteMessages(environment, topic, partition, (at, value) =>
    at === offset ? Buffer.from(change(Buffer.from(value!).toString('latin1')), 'latin1') : value,
  );
}

/** Rewrites every entry of a partition; deleting a message splits its entry in two. */
async function rewriteMessages(
  environment: Environment,
  topic: string,
  partition: number,
  rewrite: (offset: number, value: Uint8Array | null) => Uint8Array | null | 'gone',
): Promise<void> {
  const messages = environment.bytesStore('messages');
  await environment.write('log-unavailable', () => {
    const keys = { start: [topic, partition, 0], end: [topic, partition, Number.MAX_SAFE_INTEGER] };
    for (const { key, value: entry } of Array.from(messages.getRange(keys))) {
      messages.removeSync(key);
      for (const { offset, timestampMs, kept } of pieces((key as number[])[2]!, entry, rewrite)) {
        let at = offset;
        for (const { messages: count, bytes } of encodeEntries(timestampMs, kept)) {
          messages.putSync([topic, partition, at], bytes);
          at += count;
        }
      }
    }
  });
}

/** The remaining messages of an entry, as runs without a gap. */
function pieces(
  first: number,
  entry: Buffer,
  rewrite: (offset: number, value: Uint8Array | null) => Uint8Array | null | 'gone',
): { offset: number; timestampMs: number; kept: OutgoingMessage[] }[] {
  const block = new EmbeddedBlock(0, 0, UNBOUNDED);
  block.add(first, entry);
  const { offsets, values, headers, timestampsMs } = block.endAt(block.next);
  const left: { offset: number; timestampMs: number; kept: OutgoingMessage[] }[] = [];
  for (const [i, offset] of offsets.entries()) {
    const value = rewrite(offset, values[i]!);
    if (value === 'gone') continue;
    const newest = left.at(-1);
    const message = { value, headers: headers?.[i] ?? {} };
    if (newest !== undefined && newest.offset + newest.kept.length === offset) newest.kept.push(message);
    else left.push({ offset, timestampMs: timestampsMs[i]!, kept: [message] });
  }
  return left;
}

const UNBOUNDED = {
  blockMessagesMax: Number.MAX_SAFE_INTEGER,
  blockBytesMax: Number.MAX_SAFE_INTEGER,
  waitMsMax: 0,
};

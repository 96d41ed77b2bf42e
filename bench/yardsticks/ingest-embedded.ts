import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEnvironment } from '../../shared/lmdb/environment';
import { openEmbeddedModelRegistry } from '../../shared/model-registry/embedded/embedded-model-registry';
import { APPEND_MESSAGES_MAX, DEFAULT_READ_BOUNDS } from '../../shared/row-log/bounds';
import { openEmbeddedRowLog } from '../../shared/row-log/embedded/embedded-row-log';
import type { RowLog } from '../../shared/row-log/row-log';
import type { TrainerNeighbours } from './ingest-trainer';

/** A data folder with the rows in its log; every round trains a new model on it. */
export class EmbeddedStream {
  readonly folder = mkdtempSync(join(tmpdir(), 'alder-bench-'));
  private readonly environment = openEnvironment(join(this.folder, 'alder'));
  private models = 0;

  async fill(values: readonly Buffer[]): Promise<void> {
    const log = await this.openLog();
    await appendAll(log, values);
    await log.close();
  }

  /** Reads all messages as blocks without parsing rows; returns messages per second. */
  async readAll(messageCount: number): Promise<number> {
    const log = await this.openLog();
    const begunMs = performance.now();
    let messages = 0;
    let bytes = 0;
    const range = { partition: 0, from: 0, next: messageCount };
    for await (const { packed } of log.readRange(range, DEFAULT_READ_BOUNDS)) {
      // Like the trainer, without copying the values.
      for (let i = 0; i < packed!.length; i++) bytes += packed!.endOf(i) - packed!.fromOf(i);
      messages += packed!.length;
    }
    const seconds = (performance.now() - begunMs) / 1_000;
    await log.close();
    if (messages !== messageCount || bytes === 0)
      throw new Error(`the log gave ${messages} of ${messageCount} messages`);
    return messages / seconds;
  }

  async withModel<T>(use: (neighbours: TrainerNeighbours) => Promise<T>): Promise<T> {
    const rowLog = await this.openLog();
    const registry = await openEmbeddedModelRegistry(this.environment, { model: `bench-${++this.models}` });
    try {
      return await use({ rowLog, registry, mirror: null });
    } finally {
      await registry.close();
      await rowLog.close();
    }
  }

  async close(): Promise<void> {
    await this.environment.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private openLog(): Promise<RowLog> {
    return openEmbeddedRowLog(this.environment, { topic: 'rows', partitions: 1 });
  }
}

/** Half of a broker's limit for one request. */
const APPEND_BYTES_MAX = 524_288;

export async function appendAll(log: RowLog, values: readonly Buffer[]): Promise<void> {
  const messagesMax = Math.floor(APPEND_BYTES_MAX / (2 * values[0]!.length));
  const perAppend = Math.min(APPEND_MESSAGES_MAX, messagesMax);
  for (let from = 0; from < values.length; from += perAppend) {
    await log.append(
      0,
      values.slice(from, from + perAppend).map((value) => ({ value })),
    );
  }
}

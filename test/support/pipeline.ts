import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RefitAnswer } from '../../shared/model-registry/model-registry';
import { decodeVersionRecord, type VersionRecord } from '../../shared/model-registry/version-record';
import { parseSchema, type Schema } from '../../shared/row/schema';
import { APPEND_MESSAGES_MAX } from '../../shared/row-log/bounds';
import { resolveSettings, type SettingName, type Settings } from '../../shared/settings/settings';
import { type RunningTrainer, startTrainer } from './in-process-trainer';
import type { Neighbours, OpenBackend, TestBackend } from './pipeline-backends';

export type SettingChanges = Partial<Record<SettingName, unknown>>;

export const IRIS_SCHEMA: Schema = parseSchema(
  readFileSync(join(__dirname, '..', '..', 'data', 'iris.schema.json'), 'utf8'),
  'data/iris.schema.json',
);

/** How long a test waits for an expected result before it fails. */
const PATIENCE_MS = 15_000;

export interface TrainerChanges {
  readonly settings?: SettingChanges;
  readonly schema?: Schema;
  /** Other handles than the pipeline's own. */
  readonly neighbours?: Neighbours;
  /** Called before every fit. */
  readonly beforeFit?: () => Promise<void>;
}

/** A log and a registry with trainers beside them. */
export interface Pipeline extends OpenBackend {
  readonly settings: Settings;
  startTrainer(changes?: TrainerChanges): RunningTrainer;
  append(partition: number, values: readonly (string | null)[]): Promise<void>;
  /** Requests a refit and awaits the answer. Throws when a trainer ends with an error first. */
  refit(): Promise<RefitAnswer>;
  /** Every stored version's record, oldest first. */
  records(): Promise<VersionRecord[]>;
}

export interface PipelineOptions {
  readonly partitions?: number;
  readonly settings?: SettingChanges;
}

/** Opens a pipeline, lets the test use it, stops every trainer and deletes what was stored. */
export async function withPipeline(
  backend: TestBackend,
  { partitions = 1, settings: changes = {} }: PipelineOptions,
  use: (pipeline: Pipeline) => Promise<void>,
): Promise<void> {
  const opened = await backend.open(partitions);
  const settings = testSettings(changes);
  const trainers: RunningTrainer[] = [];
  const failures = new AbortController();
  const { rowLog, registry } = opened;
  try {
    await use({
      ...opened,
      settings,
      startTrainer({ settings: more = {}, schema = IRIS_SCHEMA, neighbours = opened, beforeFit } = {}) {
        const own = testSettings({ ...changes, ...more });
        const trainer = startTrainer(neighbours, schema, own, beforeFit);
        trainer.ended.catch((error) => failures.abort(error));
        trainers.push(trainer);
        return trainer;
      },
      async append(partition, values) {
        for (let from = 0; from < values.length; from += APPEND_MESSAGES_MAX) {
          const messages = values.slice(from, from + APPEND_MESSAGES_MAX).map((value) => ({ value }));
          await rowLog.append(partition, messages);
        }
      },
      async refit() {
        return answerTo(opened, await registry.askForRefit(), failures.signal);
      },
      async records() {
        const texts = (await registry.listVersions()).map((version) => registry.loadRecord(version));
        return (await Promise.all(texts)).map((text) => decodeVersionRecord(text!));
      },
    });
  } finally {
    await Promise.allSettled(trainers.map((trainer) => trainer.stop()));
    await opened.remove();
  }
}

/** The answer to a ticket of `registry.askForRefit`. */
export async function answerTo(
  { registry }: Neighbours,
  ticket: number,
  failed?: AbortSignal,
): Promise<RefitAnswer> {
  const givenUp = new AbortController();
  const giveUp = () => givenUp.abort();
  const timer = setTimeout(giveUp, PATIENCE_MS);
  failed?.addEventListener('abort', giveUp);
  try {
    if (failed?.aborted === true) giveUp();
    for await (const { answered } of registry.watch({ pollMs: 50 }, givenUp.signal)) {
      if (answered !== null && answered.upTo >= ticket) return answered;
    }
    throw failed?.reason ?? new Error(`ticket ${ticket} was not answered within ${PATIENCE_MS} ms`);
  } finally {
    clearTimeout(timer);
    failed?.removeEventListener('abort', giveUp);
  }
}

/** By default only a full mini-batch or a request makes a cut, so that no test waits for time to pass. */
function testSettings(changes: SettingChanges): Settings {
  return resolveSettings({ batchWaitMs: 3_600_000, leaseMs: 500, ...changes }, {});
}

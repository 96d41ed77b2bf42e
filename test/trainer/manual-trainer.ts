import { EventEmitter } from 'node:events';
import { inlineFitter } from '../../services/trainer/fit/fitter';
import type { PausedPartition } from '../../services/trainer/read/breaker';
import type { TrainerEventMap } from '../../services/trainer/report/trainer-events';
import { runTrainer } from '../../services/trainer/term/trainer';
import { engineByName } from '../../shared/engine/engines';
import { decodeVersionRecord, type VersionRecord } from '../../shared/model-registry/version-record';
import type { OffsetMirror } from '../../shared/row-log/offset-mirror';
import type { MessageBlock, ReadRound, RowLog } from '../../shared/row-log/row-log';
import { resolveSettings } from '../../shared/settings/settings';
import { ManualClock } from '../support/manual-clock';
import { MemoryModelRegistry } from '../support/memory-model-registry';
import { MemoryRowLog } from '../support/memory-row-log';
import { IRIS_SCHEMA, type SettingChanges } from '../support/pipeline';

export interface ManualTrainer {
  readonly clock: ManualClock;
  readonly log: MemoryRowLog;
  readonly registry: MemoryModelRegistry;
  readonly warnings: readonly string[];
  /** The partitions that are paused now. */
  readonly paused: () => readonly PausedPartition[];
  /** The number of sleeps that any part of the trainer began. */
  readonly naps: () => number;
  readonly ended: Promise<void>;
  records(): Promise<VersionRecord[]>;
}

export interface ManualOptions {
  readonly partitions?: number;
  readonly settings?: SettingChanges;
  /** Wraps the log that the trainer reads. */
  readonly through?: (log: MemoryRowLog) => RowLog;
  readonly before?: (log: MemoryRowLog, registry: MemoryModelRegistry) => Promise<unknown>;
  readonly beforeFit?: (registry: MemoryModelRegistry) => Promise<unknown>;
  /** Continues with the log, the registry and the clock of a trainer that ended. */
  readonly after?: Pick<ManualTrainer, 'clock' | 'log' | 'registry'>;
  readonly mirror?: OffsetMirror;
}

/** Runs a trainer whose log, registry and clock are in memory, so time passes only when the test advances it. */
export async function withManualTrainer(
  { partitions = 1, settings = {}, through = (log) => log, before, beforeFit, after, mirror }: ManualOptions,
  use: (trainer: ManualTrainer) => Promise<void>,
): Promise<void> {
  const clock = after?.clock ?? new ManualClock();
  const log = after?.log.reopen() ?? MemoryRowLog.open({ partitions, clock });
  const registry = after?.registry ?? new MemoryModelRegistry();
  await before?.(log, registry);
  const stopping = new AbortController();
  const engine = engineByName('exact');
  const fitter = inlineFitter(engine);
  const warnings: string[] = [];
  let naps = 0;
  let paused: readonly PausedPartition[] = [];
  const note = (code: string) => void warnings.push(code);
  const events = new EventEmitter<TrainerEventMap>();
  events.on('paused', (partitions) => {
    paused = partitions;
  });
  const ended = runTrainer(
    {
      rowLog: through(log),
      registry,
      mirror: mirror ?? null,
      schema: IRIS_SCHEMA,
      settings: resolveSettings({ holdoutShare: 0, ...settings }, {}),
      engine,
      fitter: {
        ...fitter,
        fit: async (rows, limits) => {
          await beforeFit?.(registry);
          return fitter.fit(rows, limits);
        },
      },
      trainerId: 'trainer-a',
      codeVersion: 'test',
      clock: {
        monotonicMs: () => clock.monotonicMs(),
        wallTime: () => clock.wallTime(),
        sleep: (ms, signal) => {
          naps++;
          return clock.sleep(ms, signal);
        },
      },
      log: { info: () => undefined, warn: note, error: note },
      events,
    },
    stopping.signal,
  );
  ended.catch(() => undefined);
  const records = async () =>
    [...registry.stored.values()].map(({ recordText }) => decodeVersionRecord(recordText));
  try {
    await clock.advance(0);
    await use({ clock, log, registry, warnings, paused: () => paused, naps: () => naps, ended, records });
  } finally {
    stopping.abort();
    await ended.catch(() => undefined);
    await log.close();
  }
}

/** The same log with every round of reading changed. */
export function readThrough(
  log: MemoryRowLog,
  change: (round: ReadRound) => AsyncIterable<ReadRound>,
): RowLog {
  async function* read(...args: Parameters<RowLog['read']>): AsyncGenerator<ReadRound> {
    for await (const round of log.read(...args)) yield* change(round);
  }
  return Object.create(log, { read: { value: read } }) as RowLog;
}

/** A row that is accepted. */
export const ROW = '{"data":[5.1,3.5,1.4,0.2],"label":"setosa"}';

/** A row that is rejected. */
export const BAD_ROW = '{"data":[5.1,3.5,1.4,0.2],"label":"daisy"}';

export function badRowMessages(count: number): { value: string }[] {
  return Array.from({ length: count }, () => ({ value: BAD_ROW }));
}

export function rowMessages(count: number): { value: string }[] {
  return Array.from({ length: count }, () => ({ value: ROW }));
}

/** The part of a block from an offset on, as read from a log that has deleted the messages below. */
export function blockFrom(block: MessageBlock, offset: number): MessageBlock {
  const at = block.offsets.findIndex((each) => each >= offset);
  return {
    ...block,
    offsets: block.offsets.slice(at),
    values: block.values.slice(at),
    timestampsMs: block.timestampsMs.slice(at),
    headers: null,
  };
}

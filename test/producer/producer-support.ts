import { type ProducerOptions, type ProducerSummary, runProducer } from '../../services/producer/producer';
import { AlderError } from '../../shared/errors';
import { ManualClock } from '../support/manual-clock';
import type { MemoryRowLog } from '../support/memory-row-log';
import { numberedRows, twoFeatures } from './rows-support';

/** Runs a producer to its end as fast as the log acknowledges, unless the options say otherwise. */
export function produce(log: MemoryRowLog, options: Partial<ProducerOptions> = {}): Promise<ProducerSummary> {
  return runProducer({
    log,
    rows: numberedRows(100),
    schema: twoFeatures,
    ratePerSecond: null,
    rowsPerMessage: 1,
    resume: false,
    clock: new ManualClock(),
    signal: new AbortController().signal,
    retry: { attemptsMax: 5, waitMsMin: 100, waitMsMax: 1_000 },
    ...options,
  });
}

/** Moves the manual clock until the run ends. */
export async function drive<T>(clock: ManualClock, running: Promise<T>): Promise<T> {
  let over = false;
  const end = () => {
    over = true;
  };
  running.then(end, end);
  while (!over) await clock.advance(1_000);
  return running;
}

/** The rows' numbers (their first feature) in a partition, in the order of the log. */
export function rowsIn(log: MemoryRowLog, partition: number): number[] {
  return log
    .messages(partition)
    .flatMap(({ text }) => text!.split('\n').map((line) => (JSON.parse(line) as { data: [number] }).data[0]));
}

export function allRows(log: MemoryRowLog, partitionCount: number): number[] {
  return Array.from({ length: partitionCount }, (_, partition) => rowsIn(log, partition))
    .flat()
    .sort((a, b) => a - b);
}

export const unavailable = () => new AlderError('log-unavailable', 'row log: no answer');

export const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

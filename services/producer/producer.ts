import { checkOptions, type ProducerOptions, type ProducerSummary, type Tally } from './producer-options';
import { type PassEnd, producePass } from './producer-pass';

export { type ProducerOptions, type ProducerSummary, ROWS_PER_MESSAGE_MAX } from './producer-options';

/**
 * Sends every row of a source to the log, each once, in its order within a partition, and resolves when the last is
 * acknowledged or the signal aborted.
 *
 * Throws `usage` for options that contradict each other; `resume-impossible`; what the source throws; what the log
 * refuses; a passing fault of the log once the retry policy is used up.
 */
export async function runProducer(options: ProducerOptions): Promise<ProducerSummary> {
  checkOptions(options);
  const tally: Tally = { rows: 0, acknowledged: 0, alreadyInLog: 0, willBeRejected: 0, resumedFrom: null };
  let end: PassEnd;
  // Losing the turn in a resumed run means that others may have sent our rows: the log is asked again where to go on.
  do end = await producePass(options, tally);
  while (end === 'turn-lost');
  return { ...tally, stopped: end === 'stopped' };
}

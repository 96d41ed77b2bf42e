import { CallsUntilStop } from '../../shared/row-log/calls-until-stop';
import { checkOptions, type ProducerOptions, type ProducerSummary, type Tally } from './producer-options';
import { type PassEnd, producePass } from './producer-pass';

export { type ProducerOptions, type ProducerSummary, ROWS_PER_MESSAGE_MAX } from './producer-options';

/**
 * Sends every row of a source to the log, each once, in its order within a partition, and resolves when the last is
 * acknowledged or the signal aborted; the append in flight then has a second to be answered.
 *
 * Throws `usage` for options that contradict each other; `resume-impossible`; what the source throws; what the log
 * refuses; a passing fault of the log once the retry policy is used up.
 */
export async function runProducer(options: ProducerOptions): Promise<ProducerSummary> {
  checkOptions(options);
  const calls = new CallsUntilStop(options.signal, options.clock);
  const bounded = { ...options, log: calls.log(options.log) };
  const tally: Tally = {
    rows: 0,
    acknowledged: 0,
    alreadyInLog: 0,
    willBeRejected: 0,
    unanswered: 0,
    resumedFrom: null,
  };
  let end: PassEnd;
  try {
    // Losing the turn in a resumed run means that others may have sent our rows: the log is asked again where to go on.
    do end = await producePass(bounded, tally);
    while (end === 'turn-lost');
  } finally {
    calls.end();
  }
  if (tally.unanswered > 0) tellUnanswered(options, tally.unanswered);
  return { ...tally, stopped: end === 'stopped' };
}

function tellUnanswered({ notices, rows }: ProducerOptions, unanswered: number): void {
  const next =
    rows.simulatedSeed === null ? '; a start with --resume looks there and goes on behind them' : '';
  notices?.warn(
    'append-unanswered',
    `stopped with ${unanswered} rows sent and not acknowledged: whether the log holds them is not known${next}`,
  );
}

import { CallsUntilStop } from '../../shared/row-log/calls-until-stop';
import { checkOptions, type ProducerOptions, type ProducerSummary, type Tally } from './producer-options';
import { type PassEnd, producePass } from './producer-pass';

export { type ProducerOptions, type ProducerSummary, ROWS_PER_MESSAGE_MAX } from './producer-options';

/**
 * Sends every row of a source to the log once, in source order within a partition. Resolves when the last row is
 * acknowledged or the signal aborted; after an abort the append in flight has a second to be answered.
 *
 * Throws `usage` for options that contradict each other; `resume-impossible`; the errors of the source; an error of the
 * log that is not transient, and a transient one once the retry policy is used up.
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
    // Without the permission, others may have sent our rows, so a resumed run asks the log again for the first missing row.
    do end = await producePass(bounded, tally);
    while (end === 'permission-lost');
  } finally {
    calls.end();
  }
  if (tally.unanswered > 0) warnOfUnanswered(options, tally.unanswered);
  return { ...tally, stopped: end === 'stopped' };
}

function warnOfUnanswered({ notices, rows }: ProducerOptions, unanswered: number): void {
  const next =
    rows.simulatedSeed === null ? '; a start with --resume finds out and sends only missing rows' : '';
  notices?.warn(
    'append-unanswered',
    `stopped before the log acknowledged ${unanswered} sent rows; the log may hold them${next}`,
    { unanswered },
  );
}

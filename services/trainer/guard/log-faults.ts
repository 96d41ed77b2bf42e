import { AlderError } from '../../../shared/errors';

/** Rows went before they were read. */
export function logRangeGone(partition: number, expected: number, earliest: number): AlderError {
  return new AlderError(
    'log-range-gone',
    `offset ${expected} of partition ${partition} is gone, earliest is ${earliest}: rows were lost before they were read`,
    {
      hint: 'keep the topic longer than the trainer may be away; start a new model (--model) to go on without them',
    },
  );
}

/** The log is another one than the newest version was read from. */
export function logReplaced(found: string): AlderError {
  return new AlderError('log-replaced', `the log is not the one of the newest version: ${found}`, {
    hint: 'point the trainer at the log that made the model, or train another model (--model) from this one',
  });
}

import { isAlderError } from '../../../shared/errors';
import type { Answer } from '../../../shared/http/answer';
import { problemOf } from '../../../shared/http/problem';
import type { Log } from '../../../shared/runtime/log';

/** The answer for whatever a route threw; what is a failure of our own is logged, since the answer hides it. */
export function errorAnswer(error: unknown, log: Log): Answer {
  const answer = problemOf(error);
  if (answer.status === 500 && !isAlderError(error)) {
    log.error('internal', 'a request failed for a reason of our own', {
      error: error instanceof Error ? error.stack : '',
    });
  }
  return answer;
}

import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { OPERATIONS, OperationId } from '../../../shared/api/operations';
import { AlderError, isAlderError } from '../../../shared/errors';
import type { Answer } from '../../../shared/http/answer';
import { problemOf } from '../../../shared/http/problem';
import type { Log } from '../../../shared/runtime/log';

/** Gives the answer, or null when the client went away and nobody is left to answer. Throws AlderError. */
export type Route<Query = object> = (
  request: Request,
  response: Response,
  query: Query,
) => Promise<AnyAnswer | null> | AnyAnswer | null;

type AnyAnswer = Answer<string | Uint8Array>;

/** The route of one operation; it gets the query as the operation's schema reads it. */
export type RouteOf<Id extends OperationId> = Route<z.output<(typeof OPERATIONS)[Id]['query']>>;

/** Throws `unknown-model` for every name but the served one, so no name from outside is looked up. */
export function refuseOtherModels(model: string, request: Request): void {
  if (request.params.model !== model) throw new AlderError('unknown-model', 'another model was asked for');
}

/** The answer for an error of a route. An error that is no AlderError is logged, because its answer hides it. */
export function errorAnswer(error: unknown, log: Log): Answer {
  const answer = problemOf(error);
  if (answer.status === 500 && !isAlderError(error)) {
    log.error('internal', 'a request failed because of an error in this service', {
      error: error instanceof Error ? error.stack : '',
    });
  }
  return answer;
}

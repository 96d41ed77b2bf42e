import { AlderError } from '../../errors';

/**
 * Any failure of a call, as `registry-unavailable`. The cause is a fresh error: the client library hangs the
 * command's arguments on its own, and those hold whole trees, and the password where it was a login.
 */
export function unavailable(what: string, error: unknown): AlderError {
  const cause = plainFault(error);
  return new AlderError('registry-unavailable', `registry: ${what}: ${cause.message}`, {
    cause,
  });
}

/** The same name and message, and nothing else. */
export function plainFault(error: unknown): Error {
  const fault = new Error(error instanceof Error ? error.message || error.name : String(error));
  if (error instanceof Error) fault.name = error.name;
  return fault;
}

/** The server's own words when it answered with an error; null for everything else, where no answer came. */
export function refusalOf(error: unknown): string | null {
  const fault = error instanceof AlderError ? error.cause : error;
  return fault instanceof Error && fault.name === 'ReplyError' ? fault.message : null;
}

import { AlderError } from '../../shared/errors';

/**
 * The query of a request's URL, each parameter at most once and only those that the route takes. Throws
 * `unknown-query` or `invalid-query`: a parameter that is silently ignored is a misspelling that nobody finds.
 */
export function readQuery(url: string, allowed: readonly string[]): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  const start = url.indexOf('?');
  if (start < 0) return query;
  // With the `?` in front, since URLSearchParams drops the first one that it meets: `??wait=1` asks for `?wait`.
  for (const [name, value] of new URLSearchParams(url.slice(start))) {
    if (!allowed.includes(name)) throw new AlderError('unknown-query', 'the query has an unknown parameter');
    if (query.has(name)) throw new AlderError('invalid-query', `the query has ${name} twice`);
    query.set(name, value);
  }
  return query;
}

const WAIT_SECONDS_DEFAULT = 10;
const WAIT_SECONDS_MAX = 30;
const DECIMAL = /^[0-9]{1,2}(\.[0-9]{1,3})?$/;

/** `?wait=` in seconds, 0 to 30, 10 when it is not given → milliseconds. Throws `invalid-query`. */
export function waitMsOf(query: ReadonlyMap<string, string>): number {
  const text = query.get('wait');
  if (text === undefined) return WAIT_SECONDS_DEFAULT * 1_000;
  const seconds = DECIMAL.test(text) ? Number(text) : Number.NaN;
  if (!(seconds <= WAIT_SECONDS_MAX))
    throw new AlderError('invalid-query', 'wait is not within 0 to 30 seconds');
  return seconds * 1_000;
}

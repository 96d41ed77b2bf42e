import type { z } from 'zod';
import { AlderError } from '../../../shared/errors';

/**
 * The query of a request's URL, each parameter at most once and only those that the route takes. Throws
 * `unknown-query` or `invalid-query`: a parameter that is silently ignored is a misspelling that nobody finds.
 */
export function readQuery<Schema extends z.ZodObject>(url: string, schema: Schema): z.output<Schema> {
  const given: Record<string, string> = {};
  const start = url.indexOf('?');
  // With the `?` in front, since URLSearchParams drops the first one that it meets: `??wait=1` asks for `?wait`.
  for (const [name, value] of start < 0 ? [] : new URLSearchParams(url.slice(start))) {
    if (!Object.hasOwn(schema.shape, name))
      throw new AlderError('unknown-query', 'the query has an unknown parameter');
    if (Object.hasOwn(given, name)) throw new AlderError('invalid-query', `the query has ${name} twice`);
    given[name] = value;
  }
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  throw new AlderError('invalid-query', `the query's ${read.error.issues[0]?.path.join('.')} is not allowed`);
}

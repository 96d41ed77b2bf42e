import type { IncomingMessage } from 'node:http';
import { AlderError } from '../../../shared/errors';
import type { Expected } from '../../../shared/model-registry/alias-changes';

const TAG = /^"([1-9][0-9]{0,14})"$/;

/**
 * What a change may replace, from `If-Match: "<revision>"` (`*`: whatever is there) or `If-None-Match: *` (the alias
 * must not exist); null when the request says neither. A weak tag matches nothing, as RFC 9110 has it. Throws
 * `invalid-header`.
 */
export function expectedRevision({ headersDistinct }: IncomingMessage): Expected | null {
  const match = single(headersDistinct['if-match']);
  const noneMatch = single(headersDistinct['if-none-match']);
  if (match !== null && noneMatch !== null) throw broken();
  if (noneMatch !== null) {
    if (noneMatch !== '*') throw broken();
    return 0;
  }
  if (match === null) return null;
  if (match === '*') return 'any';
  const revision = TAG.exec(match)?.[1];
  if (revision !== undefined) return Number(revision);
  if (/^(W\/)?"[^"]*"$/.test(match)) return NEVER;
  throw broken();
}

/** A well-formed tag that none of our revisions has. */
const NEVER = -1;

function single(values: readonly string[] | undefined): string | null {
  if (values === undefined) return null;
  if (values.length !== 1) throw broken();
  return values[0]!.trim();
}

function broken(): AlderError {
  return new AlderError('invalid-header', 'If-Match or If-None-Match cannot be read');
}

import type { z } from 'zod';
import type { RequestFault, RowFault } from '../../../shared/errors';
import type { FieldError } from '../../../shared/http/problem';

/** Where a schema found fault with a document and what, in our codes; a key that the client made up is not sent back. */
export function fieldErrorOf({
  code,
  path,
}: z.core.$ZodIssue): FieldError & { readonly code: RequestFault | RowFault } {
  const pointer = path.map((part) => `/${String(part)}`).join('');
  return { pointer, code: code === 'unrecognized_keys' ? 'unknown-key' : 'field-invalid' };
}

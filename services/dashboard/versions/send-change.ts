import type { AliasChangedAnswer } from '../../../shared/api/models';
import type { ProblemBody } from '../../../shared/api/operation';
import type { AdminRequest } from './alias-change';

export type ChangeOutcome =
  | { readonly kind: 'changed'; readonly words: string }
  | { readonly kind: 'refused'; readonly words: string; readonly needsToken: boolean };

/** Never throws. */
export async function sendChange({ path, ...options }: AdminRequest): Promise<ChangeOutcome> {
  let response: Response;
  let document: unknown;
  try {
    response = await fetch(path, options);
    document = await response.json();
  } catch {
    const words = 'No answer came. The change may have been made: look at the aliases before you try again.';
    return { kind: 'refused', words, needsToken: false };
  }
  if (response.ok) return { kind: 'changed', words: changedInWords(document as AliasChangedAnswer) };
  return refusedInWords(response.status, document as ProblemBody);
}

/** What became of the alias, with both versions. */
export function changedInWords({ alias, from, version, held }: AliasChangedAnswer): string {
  const isHeld =
    alias === 'champion'
      ? held
        ? ', held there until it is released'
        : ', and follows new versions again'
      : '';
  if (from === version) return `${alias} points at version ${version}${isHeld}.`;
  return `${alias} points at version ${version}${from === null ? '' : `, no longer at ${from}`}${isHeld}.`;
}

/** The server's own sentence, and where it leaves a person alone, what to do. */
export function refusedInWords(
  status: number,
  { code, detail }: Pick<ProblemBody, 'code' | 'detail'>,
): Extract<ChangeOutcome, { kind: 'refused' }> {
  const needsToken = status === 401;
  if (code === 'not-found') {
    const words =
      'This server takes no changes: it can be reached from other machines and was started without an admin token.';
    return { kind: 'refused', words, needsToken };
  }
  if (code === 'unauthorized')
    return { kind: 'refused', words: 'The admin token is missing or wrong.', needsToken };
  if (code === 'precondition-failed')
    return { kind: 'refused', words: 'Somebody moved it meanwhile. Close this and look again.', needsToken };
  return { kind: 'refused', words: `${detail} (${code})`, needsToken };
}

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
    const words =
      'The server did not answer, so the change may have been made. Check the alias before you try again.';
    return { kind: 'refused', words, needsToken: false };
  }
  if (response.ok) return { kind: 'changed', words: changedInWords(document as AliasChangedAnswer) };
  return refusedInWords(response.status, document as ProblemBody);
}

/** Where the alias points now, with both versions. */
export function changedInWords({ alias, from, version, held }: AliasChangedAnswer): string {
  const pinned =
    alias === 'champion'
      ? held
        ? ', pinned by hand until it is released'
        : ', and challengers can replace it again'
      : '';
  if (from === version) return `${alias} points at version ${version}${pinned}.`;
  return `${alias} points at version ${version}${from === null ? '' : `, no longer at version ${from}`}${pinned}.`;
}

/** The server's own sentence, or a clearer one for the refusals that need an action. */
export function refusedInWords(
  status: number,
  { code, detail }: Pick<ProblemBody, 'code' | 'detail'>,
): Extract<ChangeOutcome, { kind: 'refused' }> {
  const needsToken = status === 401;
  if (code === 'not-found') {
    const words =
      'This server is reachable from other machines and has no admin token, so it accepts no changes.';
    return { kind: 'refused', words, needsToken };
  }
  if (code === 'unauthorized')
    return { kind: 'refused', words: 'The admin token is missing or wrong.', needsToken };
  if (code === 'precondition-failed')
    return {
      kind: 'refused',
      words: 'Somebody else moved the alias first. Close this dialog and check the alias.',
      needsToken,
    };
  return { kind: 'refused', words: `${detail} (${code})`, needsToken };
}

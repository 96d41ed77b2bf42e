import { userInfo } from 'node:os';
import { AlderError } from '../shared/errors';
import type { AliasChanged, ChangedBy } from '../shared/model-registry/alias-changes';
import { systemClock } from '../shared/runtime/clock';

const LINE = /^[^\p{Cc}\p{Cs}\u2028\u2029]{1,200}$/u;

/** The journal's entry for the user of this command. Throws `usage` for a reason that is not one line. */
export function changedByUser(reason: unknown, defaultReason: string): ChangedBy {
  const text = reason === undefined ? defaultReason : String(reason);
  if (!LINE.test(text))
    throw new AlderError('usage', 'the reason must be one line of at most 200 characters');
  return { name: userName(), reason: text, at: systemClock.wallTime() };
}

/** The name of the user; a container's user may have a number and no name. */
export function userName(): string {
  try {
    const { username } = userInfo();
    return LINE.test(username) ? username.slice(0, 64) : 'somebody';
  } catch {
    return 'somebody';
  }
}

/** Prints the alias and its versions. Throws `precondition-failed` when another change of the alias came first. */
export function printChanged(alias: string, changed: AliasChanged, isJson: boolean): void {
  if (changed.outcome === 'stale')
    throw new AlderError('precondition-failed', `${alias} was moved by somebody else meanwhile`, {
      hint: 'see where it points with "alder alias", then try again',
      fields: { alias },
    });
  const { from, value } = changed;
  if (isJson) {
    process.stdout.write(`${JSON.stringify({ alias, from, ...value })}\n`);
    return;
  }
  const held = value.held ? '; held: no publish moves it until "alder release"' : '';
  const move =
    from === value.version ? `stays at ${value.version}` : `${from ?? 'nothing'} → ${value.version}`;
  process.stdout.write(`${alias} ${move} (revision ${value.revision})${held}\n`);
}

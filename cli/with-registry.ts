import { userInfo } from 'node:os';
import { AlderError } from '../shared/errors';
import type { AliasChanged, ChangedBy } from '../shared/model-registry/alias-changes';
import type { ModelRegistry } from '../shared/model-registry/model-registry';
import { systemClock } from '../shared/runtime/clock';
import { silentLog } from '../shared/runtime/log';
import type { Settings } from '../shared/settings/settings';
import { LOOKING, openBackend } from './open-backend';

/** Opens the registry for a command that looks or changes something and ends. */
export async function withRegistry<T>(
  settings: Settings,
  use: (registry: ModelRegistry) => Promise<T>,
): Promise<T> {
  const backend = openBackend(settings, silentLog);
  try {
    return await use(await backend.registry(LOOKING));
  } finally {
    await backend.close();
  }
}

const LINE = /^[^\p{Cc}\p{Cs}\u2028\u2029]{1,200}$/u;

/** Who types this command, for the journal. Throws `usage` for a reason that is not one line. */
export function changedByUser(reason: unknown, otherwise: string): ChangedBy {
  const text = reason === undefined ? otherwise : String(reason);
  if (!LINE.test(text))
    throw new AlderError('usage', 'the reason must be one line of at most 200 characters');
  return { name: userName(), reason: text, at: systemClock.wallTime() };
}

/** A container's user may have a number and no name. */
export function userName(): string {
  try {
    const { username } = userInfo();
    return LINE.test(username) ? username.slice(0, 64) : 'somebody';
  } catch {
    return 'somebody';
  }
}

/** Says what was moved. Throws `precondition-failed` when somebody else was faster. */
export function tellChanged(alias: string, changed: AliasChanged, isJson: boolean): void {
  if (changed.outcome === 'stale')
    throw new AlderError('precondition-failed', `${alias} was moved by somebody else meanwhile`, {
      hint: 'look with "alder alias", then try again',
    });
  const { from, value } = changed;
  if (isJson) {
    process.stdout.write(`${JSON.stringify({ alias, from, ...value })}\n`);
    return;
  }
  const held = value.held ? '; held: publishing leaves it alone until "alder release"' : '';
  const way =
    from === value.version ? `stays at ${value.version}` : `${from ?? 'nothing'} → ${value.version}`;
  process.stdout.write(`${alias} ${way} (revision ${value.revision})${held}\n`);
}

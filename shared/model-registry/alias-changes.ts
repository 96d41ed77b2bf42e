import { AlderError, isAlderError } from '../errors';
import { ALIASES_MAX, CHAMPION, isAliasName } from './aliases';
import type { AliasMove, AliasMoved, AliasValue, ModelRegistry } from './model-registry';

/** Who changes what is live, why and when: it stands in the journal. */
export interface ChangedBy {
  /** A name; the journal tells it from a trainer's by its own prefix. */
  readonly name: string;
  readonly reason: string;
  /** RFC 3339. */
  readonly at: string;
}

export type AliasChanged =
  | { readonly outcome: 'moved'; readonly from: number | null; readonly value: AliasValue }
  /** Somebody else moved it first; `value` is what it is now, null when it does not exist. */
  | { readonly outcome: 'stale'; readonly value: AliasValue | null };

/** The revision that a change replaces: a number, 0 for an alias that must not exist yet, or whatever it is now. */
export type Expected = number | 'any';

/**
 * Points an alias at a stored version. A champion that is moved so is held: publishing leaves it alone until it is
 * released. Throws `alias-name`, `unknown-version` (also for a retired one), `too-many-aliases`,
 * `registry-unavailable` when nothing was sent, `outcome-unknown` when the change may have been made.
 */
export async function pointAlias(
  registry: ModelRegistry,
  target: { readonly alias: string; readonly version: number; readonly expected: Expected },
  by: ChangedBy,
): Promise<AliasChanged> {
  const { alias, version, expected } = target;
  if (!isAliasName(alias)) throw new AlderError('alias-name', 'this cannot be the name of an alias');
  const { aliases } = await registry.loadState();
  const value = Object.hasOwn(aliases, alias) ? aliases[alias]! : null;
  if (value === null && Object.keys(aliases).length >= ALIASES_MAX)
    throw new AlderError('too-many-aliases', `there are ${ALIASES_MAX} aliases already`);
  return change(registry, value, { alias, version, held: alias === CHAMPION }, expected, by);
}

/**
 * Makes the champion before the live one the champion again, and holds it. Rolling back twice comes back to the first.
 * Throws `nothing-before`, and as `pointAlias` does.
 */
export async function rollBack(
  registry: ModelRegistry,
  expected: Expected,
  by: ChangedBy,
): Promise<AliasChanged> {
  const { aliases, previousChampion } = await registry.loadState();
  if (previousChampion === null)
    throw new AlderError('nothing-before', 'there is no champion before the live one');
  const to = { alias: CHAMPION, version: previousChampion, held: true };
  return change(registry, aliases[CHAMPION] ?? null, to, expected, by);
}

/**
 * Lets publishing move the champion again; it stays where it is until then. Throws `model-not-loaded` before the first
 * version, and as `pointAlias` does.
 */
export async function releaseChampion(
  registry: ModelRegistry,
  expected: Expected,
  by: ChangedBy,
): Promise<AliasChanged> {
  const champion = (await registry.loadState()).aliases[CHAMPION];
  if (champion === undefined) throw new AlderError('model-not-loaded', 'there is no champion yet');
  return change(
    registry,
    champion,
    { alias: CHAMPION, version: champion.version, held: false },
    expected,
    by,
  );
}

async function change(
  registry: ModelRegistry,
  before: AliasValue | null,
  to: Pick<AliasMove, 'alias' | 'version' | 'held'>,
  expected: Expected,
  { name, reason, at }: ChangedBy,
): Promise<AliasChanged> {
  if (expected === 'any' ? before === null : expected !== (before?.revision ?? 0))
    return { outcome: 'stale', value: before };
  const actor = `person ${name}`;
  const moved = await sent(
    registry.moveAlias({ ...to, expectedRevision: before?.revision ?? 0, reason, actor, at }),
  );
  if (moved.outcome === 'unknown-version')
    throw new AlderError('unknown-version', `version ${to.version} is not stored`);
  if (moved.outcome === 'stale') return moved;
  return { outcome: 'moved', from: before?.version ?? null, value: moved.value };
}

/** Once a change is on its way, an absent registry no longer means that nothing happened. */
async function sent(moving: Promise<AliasMoved>): Promise<AliasMoved> {
  try {
    return await moving;
  } catch (error) {
    if (!isAlderError(error, 'registry-unavailable')) throw error;
    throw new AlderError('outcome-unknown', 'the registry did not answer; the alias may have been moved', {
      cause: error,
      hint: 'look at the alias before you try again',
    });
  }
}

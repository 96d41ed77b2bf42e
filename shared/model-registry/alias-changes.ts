import { AlderError, isAlderError } from '../errors';
import { ALIASES_MAX, CHAMPION, isAliasName } from './aliases';
import type { AliasMove, AliasMoved, AliasValue, ModelRegistry } from './model-registry';

/** The person behind a change of an alias, for the journal. */
export interface ChangedBy {
  /** The journal puts a prefix before it, which tells a person from a trainer. */
  readonly name: string;
  readonly reason: string;
  /** RFC 3339. */
  readonly at: string;
}

export type AliasChanged =
  | { readonly outcome: 'moved'; readonly from: number | null; readonly value: AliasValue }
  /** Another change came first; `value` is the present value, null when the alias does not exist. */
  | { readonly outcome: 'stale'; readonly value: AliasValue | null };

/** The revision that a change replaces: a number, 0 for an alias that must not exist yet, or any revision. */
export type Expected = number | 'any';

/**
 * Points an alias at a stored version. A champion that a person moves is held: publishing does not move it until it is
 * released. Throws `alias-name`, `unknown-version` (also for a retired version), `too-many-aliases`,
 * `registry-unavailable` when nothing was sent, and `outcome-unknown` when the change may have been made.
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
 * Makes the previous champion the champion again, and holds it. A second rollback returns to the first champion. Throws
 * `nothing-before`, and as `pointAlias` does.
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
 * Lets publishing move the champion again. Throws `model-not-loaded` before the first version, and as `pointAlias`
 * does.
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
    throw new AlderError('unknown-version', `version ${to.version} is not stored`, {
      fields: { version: to.version },
    });
  if (moved.outcome === 'stale') return moved;
  return { outcome: 'moved', from: before?.version ?? null, value: moved.value };
}

/** After a change was sent, an unavailable registry means that its outcome is unknown. */
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

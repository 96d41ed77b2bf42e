/** A change of an alias, ready to be confirmed and sent. */
export interface AliasChange {
  readonly kind: 'promote' | 'rollback' | 'release' | 'name';
  readonly alias: string;
  /** Where the alias points now; null for a new one. */
  readonly from: number | null;
  readonly to: number;
  /** The revision that the change replaces; null for an alias that must not exist yet. */
  readonly revision: number | null;
}

export interface AliasValue {
  readonly version: number;
  readonly revision: number;
  readonly held: boolean;
}

export const CHAMPION = 'champion';

/** Points an alias at a version. For the alias `champion` the change is a promotion. */
export function pointing(
  alias: string,
  to: number,
  aliases: Readonly<Record<string, AliasValue>>,
): AliasChange {
  const now = Object.hasOwn(aliases, alias) ? aliases[alias]! : null;
  const kind = alias === CHAMPION ? 'promote' : 'name';
  return { kind, alias, from: now?.version ?? null, to, revision: now?.revision ?? null };
}

/** Points the champion back at the previous champion. */
export function rollingBack(champion: AliasValue, previousChampion: number): AliasChange {
  const { version, revision } = champion;
  return { kind: 'rollback', alias: CHAMPION, from: version, to: previousChampion, revision };
}

/** Lets challengers replace a champion that was pinned by hand. */
export function releasing({ version, revision }: AliasValue): AliasChange {
  return { kind: 'release', alias: CHAMPION, from: version, to: version, revision };
}

export interface AdminRequest {
  readonly method: 'PUT' | 'POST';
  /** Relative to the page. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The request that makes the change. The server compares the confirmed revision with the current one (compare-and-set),
 * so it refuses the change when somebody else moved the alias first. An empty reason or token is left out.
 */
export function requestOf(model: string, change: AliasChange, reason: string, token: string): AdminRequest {
  const { kind, alias, to, revision } = change;
  const below = `models/${encodeURIComponent(model)}`;
  const journal = reason.trim() === '' ? {} : { reason: reason.trim() };
  const isPut = kind === 'promote' || kind === 'name';
  return {
    method: isPut ? 'PUT' : 'POST',
    path: isPut ? `${below}/aliases/${encodeURIComponent(alias)}` : `${below}/${kind}`,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(revision === null ? { 'if-none-match': '*' } : { 'if-match': `"${revision}"` }),
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(isPut ? { version: to, ...journal } : journal),
  };
}

/** The title of the dialog and of its button. */
export function titleOf({ kind, alias, to }: AliasChange): string {
  switch (kind) {
    case 'promote':
      return `Make version ${to} the champion`;
    case 'rollback':
      return `Roll back to version ${to}`;
    case 'release':
      return 'Release the champion';
    case 'name':
      return `Point ${alias} at version ${to}`;
  }
}

/** The effect of the change, with both versions. */
export function meaningOf({ kind, alias, from, to }: AliasChange): string {
  switch (kind) {
    case 'promote':
    case 'rollback':
      return `Predictions will come from version ${to}${from === null ? '' : ` instead of version ${from}`}. The champion is then pinned by hand: challengers do not replace it until it is released.`;
    case 'release':
      return `Version ${to} stays the champion until a challenger is good enough to replace it.`;
    case 'name':
      return from === null
        ? `The new alias ${alias} will point at version ${to}.`
        : `The alias ${alias} will point at version ${to} instead of version ${from}.`;
  }
}

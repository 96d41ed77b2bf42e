/** A change of what is live, with all that it needs to be confirmed and made. */
export interface AliasChange {
  readonly kind: 'promote' | 'rollback' | 'release' | 'name';
  readonly alias: string;
  /** Where the alias points now; null for a new one. */
  readonly from: number | null;
  readonly to: number;
  /** The revision that is replaced; null for an alias that must not exist yet. */
  readonly revision: number | null;
}

export interface AliasValue {
  readonly version: number;
  readonly revision: number;
  readonly held: boolean;
}

export const CHAMPION = 'champion';

/** Points an alias at a version: the champion is promoted, any other is named. */
export function pointing(
  alias: string,
  to: number,
  aliases: Readonly<Record<string, AliasValue>>,
): AliasChange {
  const now = Object.hasOwn(aliases, alias) ? aliases[alias]! : null;
  const kind = alias === CHAMPION ? 'promote' : 'name';
  return { kind, alias, from: now?.version ?? null, to, revision: now?.revision ?? null };
}

/** Back to the champion before. */
export function rollingBack(champion: AliasValue, previousChampion: number): AliasChange {
  const { version, revision } = champion;
  return { kind: 'rollback', alias: CHAMPION, from: version, to: previousChampion, revision };
}

/** Lets a held champion follow the gate again; it stays where it is until then. */
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
 * The request that makes the change, and no other: it names the revision that was confirmed, so it is refused when
 * somebody was faster. An empty reason or token is left out.
 */
export function requestOf(model: string, change: AliasChange, reason: string, token: string): AdminRequest {
  const { kind, alias, to, revision } = change;
  const below = `models/${encodeURIComponent(model)}`;
  const said = reason.trim() === '' ? {} : { reason: reason.trim() };
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
    body: JSON.stringify(isPut ? { version: to, ...said } : said),
  };
}

/** What the change is called, for its button and its dialog. */
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

/** What it means, with both versions. */
export function meaningOf({ kind, alias, from, to }: AliasChange): string {
  switch (kind) {
    case 'promote':
    case 'rollback':
      return `Predictions will come from version ${to} and no longer from ${from === null ? 'none' : `version ${from}`}. It is held there: new versions do not replace it until it is released.`;
    case 'release':
      return `Version ${to} stays the champion for now, and the next version that is good enough replaces it.`;
    case 'name':
      return from === null
        ? `The new name ${alias} will stand for version ${to}.`
        : `The name ${alias} will stand for version ${to} and no longer for version ${from}.`;
  }
}
